import { Module, type CanActivate, type DynamicModule } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { AccountsController } from './accounts/accounts.controller.ts'
import { BankPaymentsController } from './bank-payments/bank-payments.controller.ts'
import { ClientsController } from './clients/clients.controller.ts'
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts'
import { KeysController } from './keys/keys.controller.ts'
import { LimitsController } from './limits/limits.controller.ts'
import { TermsController } from './terms/terms.controller.ts'
import { PaymentsController } from './payments/payments.controller.ts'
import { WRITE_SIDE, type WriteSide } from './write-side.ts'

/** The write side of the API. Its parts are made in main.ts. */
@Module({})
export class AppModule {
  /** @param guards  in the order in which a request passes them */
  static with(writeSide: WriteSide, guards: readonly CanActivate[]): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        PaymentsController,
        BankPaymentsController,
        AccountsController,
        ClientsController,
        KeysController,
        LimitsController,
        TermsController,
        DeadLettersController,
      ],
      providers: [
        { provide: WRITE_SIDE, useValue: writeSide },
        ...guards.map((guard) => ({ provide: APP_GUARD, useValue: guard })),
      ],
    }
  }
}
