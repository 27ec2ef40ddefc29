import { Module, type DynamicModule } from '@nestjs/common'
import {
  BankCallbacksController,
  CALLBACK_PARTS,
  type CallbackParts,
} from './bank/callbacks/bank-callbacks.controller.ts'
import { CommandsController, INTAKE_PARTS, type IntakeParts } from './intake/commands.controller.ts'
import { Shutdown } from './shutdown.ts'

/** The worker: takes batches of commands, and the bank's callbacks. Its parts are made in main.ts. */
@Module({})
export class AppModule {
  static with(intake: IntakeParts, callbacks: CallbackParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [CommandsController, BankCallbacksController],
      providers: [
        { provide: INTAKE_PARTS, useValue: intake },
        { provide: CALLBACK_PARTS, useValue: callbacks },
        { provide: Shutdown, useFactory: () => new Shutdown(intake.publisher) },
      ],
    }
  }
}
