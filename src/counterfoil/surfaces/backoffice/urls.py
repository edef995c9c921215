"""The backoffice's addresses, under `/backoffice/`."""

from django.urls import path

from counterfoil.surfaces.backoffice import addresses
from counterfoil.surfaces.backoffice.customers import money as customer_money
from counterfoil.surfaces.backoffice.customers import views as customers
from counterfoil.surfaces.backoffice.entrance import views as entrance
from counterfoil.surfaces.backoffice.imports import views as imports
from counterfoil.surfaces.backoffice.invoices import crediting, drafting, writing_off
from counterfoil.surfaces.backoffice.invoices import views as invoices
from counterfoil.surfaces.backoffice.payments import refunding, taking
from counterfoil.surfaces.backoffice.payments import views as payments
from counterfoil.surfaces.backoffice.payments.bank import importing as bank_importing
from counterfoil.surfaces.backoffice.payments.bank import views as bank
from counterfoil.surfaces.backoffice.payments.chargebacks import views as chargebacks
from counterfoil.surfaces.backoffice.payments.differences import views as differences
from counterfoil.surfaces.backoffice.payments.payouts import views as payouts
from counterfoil.surfaces.backoffice.settings import (
    bank_accounts,
    brand,
    debits,
    gateways,
    paying,
    surcharges,
)
from counterfoil.surfaces.backoffice.settings import views as settings
from counterfoil.surfaces.backoffice.worklist import views as worklist

addresses.register()

CUSTOMER = "customers/<staff_cus:customer_id>"
INVOICE = "invoices/<staff_inv:invoice_id>"
PAYMENT = "payments/<staff_pay:payment_id>"
CHARGEBACK = "chargebacks/<staff_dis:chargeback_id>"
DIFFERENCE = "differences/<staff_dcy:difference_id>"
PAYOUT = "payouts/<staff_po:payout_id>"
LINE = "bank/<staff_bnk:line_id>"
GATEWAY = "settings/gateways/<staff_gwa:account_id>"

urlpatterns = [
    path("sign-in", entrance.sign_in, name="backoffice_sign_in"),
    path("sign-out", entrance.sign_out, name="backoffice_sign_out"),
    path("", worklist.work_list, name="backoffice_work"),
    path(
        "events/<staff_evt:event_id>/looked-at",
        worklist.look_at_event,
        name="backoffice_event_looked",
    ),
    path(
        "events/<staff_evt:event_id>/again", worklist.try_event_again, name="backoffice_event_again"
    ),
    path("mails/<staff_msg:message_id>/again", invoices.mail_again, name="backoffice_mail_again"),
    path("customers/", customers.customer_list, name="backoffice_customers"),
    path("customers/new", customers.customer_new, name="backoffice_customer_new"),
    path(CUSTOMER, customers.customer, name="backoffice_customer"),
    path(f"{CUSTOMER}/edit", customers.customer_edit, name="backoffice_customer_edit"),
    path(f"{CUSTOMER}/contacts", customers.contact_add, name="backoffice_contact_add"),
    path(f"{CUSTOMER}/credit", customer_money.credit_apply, name="backoffice_credit_apply"),
    path(f"{CUSTOMER}/balance", customer_money.balance_send, name="backoffice_balance_send"),
    path(
        f"{CUSTOMER}/links/<staff_lnk:link_id>/revoke",
        customer_money.balance_link_revoke,
        name="backoffice_balance_link_revoke",
    ),
    path(f"{CUSTOMER}/payment", taking.take, name="backoffice_payment_take"),
    path(f"{CUSTOMER}/invoice", drafting.invoice_for, name="backoffice_invoice_for"),
    path("invoices/", invoices.invoice_list, name="backoffice_invoices"),
    path("invoices/totals", drafting.invoice_totals, name="backoffice_invoice_totals"),
    path("invoices/new", drafting.invoice_new, name="backoffice_invoice_new"),
    path(INVOICE, invoices.invoice, name="backoffice_invoice"),
    path(f"{INVOICE}/preview", invoices.invoice_preview, name="backoffice_invoice_preview"),
    path(f"{INVOICE}/pdf", invoices.invoice_pdf, name="backoffice_invoice_pdf"),
    path(f"{INVOICE}/edit", drafting.invoice_edit, name="backoffice_invoice_edit"),
    path(f"{INVOICE}/issue", drafting.invoice_issue, name="backoffice_invoice_issue"),
    path(f"{INVOICE}/delete", drafting.invoice_delete, name="backoffice_invoice_delete"),
    path(f"{INVOICE}/void", drafting.invoice_void, name="backoffice_invoice_void"),
    path(f"{INVOICE}/credit", crediting.invoice_credit, name="backoffice_invoice_credit"),
    path(
        f"{INVOICE}/write-off", writing_off.invoice_write_off, name="backoffice_invoice_write_off"
    ),
    path(
        f"{INVOICE}/write-off/back",
        writing_off.write_off_back,
        name="backoffice_invoice_write_off_back",
    ),
    path(f"{INVOICE}/send", invoices.invoice_send, name="backoffice_invoice_send"),
    path(
        f"{INVOICE}/links/<staff_lnk:link_id>/revoke",
        invoices.link_revoke,
        name="backoffice_link_revoke",
    ),
    path("payments/", payments.payment_list, name="backoffice_payments"),
    path(PAYMENT, payments.payment, name="backoffice_payment"),
    path(f"{PAYMENT}/ask", payments.payment_ask, name="backoffice_payment_ask"),
    path(f"{PAYMENT}/stop", payments.payment_stop, name="backoffice_payment_stop"),
    path(f"{PAYMENT}/receipt", payments.payment_receipt, name="backoffice_payment_receipt"),
    path(f"{PAYMENT}/refund", refunding.payment_refund, name="backoffice_payment_refund"),
    path(
        f"{PAYMENT}/off/<staff_inv:invoice_id>",
        refunding.payment_take_off,
        name="backoffice_payment_take_off",
    ),
    path("refunds/<staff_ref:refund_id>/ask", refunding.refund_ask, name="backoffice_refund_ask"),
    path(
        "refunds/<staff_ref:refund_id>/looked-at",
        refunding.refund_looked,
        name="backoffice_refund_looked",
    ),
    path(CHARGEBACK, chargebacks.chargeback, name="backoffice_chargeback"),
    path(f"{CHARGEBACK}/answer", chargebacks.answer, name="backoffice_chargeback_answer"),
    path(f"{CHARGEBACK}/accept", chargebacks.accept, name="backoffice_chargeback_accept"),
    path(f"{CHARGEBACK}/ask", chargebacks.ask, name="backoffice_chargeback_ask"),
    path(f"{CHARGEBACK}/looked-at", chargebacks.looked, name="backoffice_chargeback_looked"),
    path(f"{CHARGEBACK}/files", chargebacks.files, name="backoffice_chargeback_files"),
    path(
        f"{CHARGEBACK}/files/<staff_evd:evidence_id>",
        chargebacks.file,
        name="backoffice_chargeback_file",
    ),
    path(
        f"{CHARGEBACK}/files/<staff_evd:evidence_id>/remove",
        chargebacks.file_remove,
        name="backoffice_chargeback_file_remove",
    ),
    path(DIFFERENCE, differences.difference, name="backoffice_difference"),
    path(f"{DIFFERENCE}/adopt", differences.adopt, name="backoffice_difference_adopt"),
    path(f"{DIFFERENCE}/looked-at", differences.looked, name="backoffice_difference_looked"),
    path("payouts/", payouts.payout_list, name="backoffice_payouts"),
    path("payouts/read", payouts.payouts_read, name="backoffice_payouts_read"),
    path(PAYOUT, payouts.payout, name="backoffice_payout"),
    path(f"{PAYOUT}/lines.csv", payouts.payout_csv, name="backoffice_payout_csv"),
    path("bank/", bank.line_list, name="backoffice_bank"),
    path("bank/import", bank_importing.begin, name="backoffice_bank_import"),
    path("bank/import/apply", bank_importing.do, name="backoffice_bank_apply"),
    path(LINE, bank.line, name="backoffice_bank_line"),
    path(f"{LINE}/assign", bank.assign, name="backoffice_bank_assign"),
    path(f"{LINE}/aside", bank.put_aside, name="backoffice_bank_aside"),
    path(f"{LINE}/back", bank.bring_back, name="backoffice_bank_back"),
    path("import/", imports.begin, name="backoffice_import"),
    path("import/apply", imports.do, name="backoffice_import_apply"),
    path("import/refused.csv", imports.refused_csv, name="backoffice_import_refused"),
    path("settings/", brand.brand, name="backoffice_brand"),
    path("settings/accent", brand.accent_preview, name="backoffice_accent"),
    path("settings/accent.css", brand.accent_css, name="backoffice_accent_css"),
    path("settings/logo", brand.logo, name="backoffice_logo"),
    path("settings/bank", bank_accounts.bank_accounts, name="backoffice_bank_accounts"),
    path(
        "settings/bank/<staff_acc:account_id>/show",
        bank_accounts.show,
        name="backoffice_bank_account_show",
    ),
    path("settings/paying", paying.paying, name="backoffice_paying"),
    path("settings/surcharges", surcharges.surcharges, name="backoffice_surcharges"),
    path("settings/debits", debits.debits, name="backoffice_debits"),
    path("settings/people", settings.people, name="backoffice_people"),
    path("settings/gateways", gateways.gateways, name="backoffice_gateways"),
    path("settings/gateways/new/<slug:kind>", gateways.new, name="backoffice_gateway_new"),
    path(GATEWAY, gateways.gateway, name="backoffice_gateway"),
    path(f"{GATEWAY}/pause", gateways.pause, name="backoffice_gateway_pause"),
    path(f"{GATEWAY}/try", gateways.try_it, name="backoffice_gateway_try"),
    path(f"{GATEWAY}/routes", gateways.route, name="backoffice_gateway_route"),
    path("settings/keys", settings.keys, name="backoffice_keys"),
    path(
        "settings/keys/<staff_key:key_id>/revoke", settings.key_revoke, name="backoffice_key_revoke"
    ),
]
