import { Module, type DynamicModule } from '@nestjs/common'
import { CommandsController, INTAKE_PARTS, type IntakeParts } from './intake/commands.controller.ts'
import { Shutdown } from './shutdown.ts'

/** The worker: one controller, which takes batches of commands. Its parts are made in main.ts. */
@Module({})
export class AppModule {
  static with(intake: IntakeParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [CommandsController],
      providers: [
        { provide: INTAKE_PARTS, useValue: intake },
        { provide: Shutdown, useFactory: () => new Shutdown(intake.publisher) },
      ],
    }
  }
}
