import { Module, type DynamicModule } from '@nestjs/common'
import { AUDIT_PARTS, AuditController, type AuditParts } from './audit/audit.controller.ts'

/** Whatever listens to `payment.events`. Its parts are made in main.ts. */
@Module({})
export class AppModule {
  static with(audit: AuditParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [AuditController],
      providers: [{ provide: AUDIT_PARTS, useValue: audit }],
    }
  }
}
