import { Module, type CanActivate, type DynamicModule } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import type { Listener } from './listener.ts'

/** Whatever listens to `payment.events`. Its parts are made in main.ts. */
@Module({})
export class AppModule {
  /** @param guards  in the order in which a request passes them */
  static with(listeners: readonly Listener[], guards: readonly CanActivate[]): DynamicModule {
    return {
      module: AppModule,
      controllers: listeners.flatMap(({ controllers }) => controllers),
      providers: [
        ...listeners.flatMap(({ providers }) => providers),
        ...guards.map((guard) => ({ provide: APP_GUARD, useValue: guard })),
      ],
    }
  }
}
