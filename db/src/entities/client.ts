import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm'

/** Whoever holds API keys and accounts. Its number is the `client` of identities and commands. */
@Entity('clients')
@Unique('clients_name_key', ['name'])
export class Client {
  @PrimaryGeneratedColumn('identity', {
    type: 'integer',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'clients_pkey',
  })
  id!: number

  @Column('text')
  name!: string

  @Column('timestamp with time zone', { name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date
}
