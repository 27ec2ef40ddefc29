import { Module, type DynamicModule } from '@nestjs/common'
import { IdentitySigner, IdentityVerifier } from '@paycluster/platform/identity/signed-identity'
import { IdCodec } from '@paycluster/platform/ids/id-codec'
import { AccountsController } from './accounts/accounts.controller.ts'
import { AccountLister } from './accounts/list-accounts.ts'
import { AccountReader } from './accounts/read-account.ts'
import { AuditController } from './audit/audit.controller.ts'
import { AuditReader } from './audit/read-audit.ts'
import { AuthController } from './auth/auth.controller.ts'
import { Authenticator } from './auth/authenticate.ts'
import { BalancesController } from './balances/balances.controller.ts'
import { BalanceReader } from './balances/read-balance.ts'
import { PastBalanceReader } from './balances/read-past-balance.ts'
import { ClientsController } from './clients/clients.controller.ts'
import { ClientLister } from './clients/list-clients.ts'
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts'
import { DeadLetterReader } from './dead-letters/read-dead-letters.ts'
import { DocumentsController } from './documents/documents.controller.ts'
import { DocumentReader } from './documents/read-document.ts'
import { KeysController } from './keys/keys.controller.ts'
import { KeyLister } from './keys/list-keys.ts'
import { LimitsController } from './limits/limits.controller.ts'
import { LimitsReader } from './limits/read-limits.ts'
import { PaymentLister } from './payments/list-payments.ts'
import { PaymentsController } from './payments/payments.controller.ts'
import { PaymentReader } from './payments/read-payment.ts'
import type { ReadSide } from './read-side.ts'
import { RefundLister } from './refunds/list-refunds.ts'
import { RefundReader } from './refunds/read-refund.ts'
import { RefundsController } from './refunds/refunds.controller.ts'
import { StatementReader } from './statements/read-statement.ts'
import { StatementsController } from './statements/statements.controller.ts'
import { TermsReader } from './terms/read-terms.ts'
import { TermsController } from './terms/terms.controller.ts'
import { TimelineReader } from './timelines/read-timeline.ts'
import { TimelinesController } from './timelines/timelines.controller.ts'

/** The read side of the API. Its parts are made in main.ts. */
@Module({})
export class AppModule {
  static with(readSide: ReadSide, verifier: IdentityVerifier, signer: IdentitySigner): DynamicModule {
    return {
      module: AppModule,
      controllers: [
        BalancesController,
        StatementsController,
        DocumentsController,
        AccountsController,
        PaymentsController,
        RefundsController,
        TimelinesController,
        ClientsController,
        KeysController,
        LimitsController,
        TermsController,
        DeadLettersController,
        AuditController,
        AuthController,
      ],
      providers: [
        { provide: IdentityVerifier, useValue: verifier },
        { provide: IdentitySigner, useValue: signer },
        { provide: IdCodec, useValue: readSide.ids },
        { provide: Authenticator, useValue: readSide.authenticator },
        { provide: AccountReader, useValue: readSide.accounts },
        { provide: AccountLister, useValue: readSide.accountLister },
        { provide: BalanceReader, useValue: readSide.balances },
        { provide: PaymentReader, useValue: readSide.payments },
        { provide: PaymentLister, useValue: readSide.paymentLister },
        { provide: PastBalanceReader, useValue: readSide.pastBalances },
        { provide: DocumentReader, useValue: readSide.documents },
        { provide: StatementReader, useValue: readSide.statements },
        { provide: RefundReader, useValue: readSide.refunds },
        { provide: RefundLister, useValue: readSide.refundLister },
        { provide: ClientLister, useValue: readSide.clientLister },
        { provide: KeyLister, useValue: readSide.keyLister },
        { provide: LimitsReader, useValue: readSide.limits },
        { provide: TermsReader, useValue: readSide.terms },
        { provide: DeadLetterReader, useValue: readSide.deadLetters },
        { provide: AuditReader, useValue: readSide.audit },
        { provide: TimelineReader, useValue: readSide.timelines },
      ],
    }
  }
}
