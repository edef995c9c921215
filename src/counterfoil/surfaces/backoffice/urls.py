"""The backoffice's addresses, under `/backoffice/`."""

from allauth.account import views as account
from django.urls import path

from counterfoil.domain.identity.roles import Right
from counterfoil.surfaces.backoffice import addresses
from counterfoil.surfaces.backoffice.access import staff
from counterfoil.surfaces.backoffice.approvals import views as approvals
from counterfoil.surfaces.backoffice.changes import seals
from counterfoil.surfaces.backoffice.changes.timelines import views as timelines
from counterfoil.surfaces.backoffice.customers import data as customer_data
from counterfoil.surfaces.backoffice.customers import looking, registrations
from counterfoil.surfaces.backoffice.customers import mandates as customer_mandates
from counterfoil.surfaces.backoffice.customers import money as customer_money
from counterfoil.surfaces.backoffice.customers import people as customer_people
from counterfoil.surfaces.backoffice.customers import views as customers
from counterfoil.surfaces.backoffice.frame import seated
from counterfoil.surfaces.backoffice.imports import views as imports
from counterfoil.surfaces.backoffice.invoices import crediting, drafting, writing_off
from counterfoil.surfaces.backoffice.invoices import views as invoices
from counterfoil.surfaces.backoffice.payments import handing_back, refunding, taking
from counterfoil.surfaces.backoffice.payments import views as payments
from counterfoil.surfaces.backoffice.payments.bank import importing as bank_importing
from counterfoil.surfaces.backoffice.payments.bank import refunds as bank_refunds
from counterfoil.surfaces.backoffice.payments.bank import views as bank
from counterfoil.surfaces.backoffice.payments.chargebacks import views as chargebacks
from counterfoil.surfaces.backoffice.payments.differences import views as differences
from counterfoil.surfaces.backoffice.payments.payouts import views as payouts
from counterfoil.surfaces.backoffice.settings import (
    bank_accounts,
    brand,
    changes,
    debits,
    gateways,
    hosts,
    paying,
    retention,
    surcharges,
)
from counterfoil.surfaces.backoffice.settings.sign_on import views as sign_on
from counterfoil.surfaces.backoffice.settings.staff import joining, keys, people, roles
from counterfoil.surfaces.backoffice.worklist import alarms
from counterfoil.surfaces.backoffice.worklist import views as worklist
from counterfoil.surfaces.entrance.adapter import answered
from counterfoil.surfaces.entrance.arriving import clearing
from counterfoil.surfaces.entrance.urls import addresses as sign_in_addresses

addresses.register()

entrance = sign_in_addresses(
    lambda view: staff(Right.SEE)(seated(view)), sign_in="sign-in", sign_out="sign-out"
)

CUSTOMER = "customers/<staff_cus:customer_id>"
INVOICE = "invoices/<staff_inv:invoice_id>"
PAYMENT = "payments/<staff_pay:payment_id>"
CHARGEBACK = "chargebacks/<staff_dis:chargeback_id>"
DIFFERENCE = "differences/<staff_dcy:difference_id>"
PAYOUT = "payouts/<staff_po:payout_id>"
LINE = "bank/<staff_bnk:line_id>"
SIGN_ON = "settings/sign-on/<staff_sso:connection_id>"
GATEWAY = "settings/gateways/<staff_gwa:account_id>"

urlpatterns = [
    path("sign-in", answered(account.login), name="backoffice_sign_in"),
    path("sign-out", clearing(account.logout), name="backoffice_sign_out"),
    path("", worklist.work_list, name="backoffice_work"),
    path("alarms/<uuid:alarm_id>/looked-at", alarms.looked, name="backoffice_alarm_looked"),
    path(
        "events/<staff_evt:event_id>/looked-at",
        worklist.look_at_event,
        name="backoffice_event_looked",
    ),
    path(
        "events/<staff_evt:event_id>/again", worklist.try_event_again, name="backoffice_event_again"
    ),
    path("mails/<staff_msg:message_id>/again", invoices.mail_again, name="backoffice_mail_again"),
    path("erasures", customer_data.waiting_erasures, name="backoffice_erasures"),
    path("customers/", customers.customer_list, name="backoffice_customers"),
    path("customers/new", customers.customer_new, name="backoffice_customer_new"),
    path(CUSTOMER, customers.customer, name="backoffice_customer"),
    path(f"{CUSTOMER}/timeline", timelines.of_customer, name="backoffice_customer_timeline"),
    path(
        f"{CUSTOMER}/contacts/<staff_con:contact_id>/timeline",
        timelines.of_contact,
        name="backoffice_contact_timeline",
    ),
    path(f"{CUSTOMER}/data", customer_data.customer_data, name="backoffice_customer_data"),
    path(f"{CUSTOMER}/data/copy", customer_data.customer_copy, name="backoffice_customer_copy"),
    path(
        f"{CUSTOMER}/data/<staff_cpy:copy_id>",
        customer_data.customer_copy_file,
        name="backoffice_customer_copy_file",
    ),
    path(f"{CUSTOMER}/data/erase", customer_data.customer_erase, name="backoffice_customer_erase"),
    path(
        f"{CUSTOMER}/data/erasures/<staff_era:erasure_id>",
        customer_data.customer_erasure,
        name="backoffice_customer_erasure",
    ),
    path(f"{CUSTOMER}/see", looking.see_as_customer, name="backoffice_customer_see"),
    path(f"{CUSTOMER}/edit", customers.customer_edit, name="backoffice_customer_edit"),
    path(f"{CUSTOMER}/contacts", customers.contact_add, name="backoffice_contact_add"),
    path(
        f"{CUSTOMER}/contacts/<staff_con:contact_id>",
        customer_people.person,
        name="backoffice_contact",
    ),
    path(
        f"{CUSTOMER}/contacts/<staff_con:contact_id>/remove",
        customer_people.person_remove,
        name="backoffice_contact_remove",
    ),
    path(
        f"{CUSTOMER}/invitations/<staff_ivt:invitation_id>/again",
        customer_people.invited_again,
        name="backoffice_invited_again",
    ),
    path(
        f"{CUSTOMER}/invitations/<staff_ivt:invitation_id>/withdraw",
        customer_people.invited_withdraw,
        name="backoffice_invited_withdraw",
    ),
    path("registrations/", registrations.waiting, name="backoffice_registrations"),
    path(
        "registrations/<staff_reg:registration_id>",
        registrations.registration,
        name="backoffice_registration",
    ),
    path(
        f"{CUSTOMER}/mandates/<staff_mdt:mandate_id>",
        customer_mandates.mandate,
        name="backoffice_mandate",
    ),
    path(f"{CUSTOMER}/links", customer_people.links, name="backoffice_links"),
    path(
        f"{CUSTOMER}/links/<staff_lnk:link_id>/end",
        customer_people.link_end,
        name="backoffice_link_end",
    ),
    path(
        f"{CUSTOMER}/links/<staff_lnk:link_id>/life",
        customer_people.link_life,
        name="backoffice_link_life",
    ),
    path(
        f"{CUSTOMER}/links/<staff_lnk:link_id>/unlock",
        customer_people.link_unlock,
        name="backoffice_link_unlock",
    ),
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
    path(f"{INVOICE}/timeline", timelines.of_invoice, name="backoffice_invoice_timeline"),
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
        f"{INVOICE}/links/own/revoke",
        invoices.own_address_revoke,
        name="backoffice_own_address_revoke",
    ),
    path(
        f"{INVOICE}/links/<staff_lnk:link_id>/revoke",
        invoices.link_revoke,
        name="backoffice_link_revoke",
    ),
    path("payments/", payments.payment_list, name="backoffice_payments"),
    path(PAYMENT, payments.payment, name="backoffice_payment"),
    path(f"{PAYMENT}/timeline", timelines.of_payment, name="backoffice_payment_timeline"),
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
        "refunds/<staff_ref:refund_id>/sent",
        handing_back.refund_sent,
        name="backoffice_refund_sent",
    ),
    path(
        "refunds/<staff_ref:refund_id>/withdraw",
        handing_back.refund_withdraw,
        name="backoffice_refund_withdraw",
    ),
    path(
        "refunds/<staff_ref:refund_id>/take-back",
        handing_back.refund_take_back,
        name="backoffice_refund_take_back",
    ),
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
    path(f"{DIFFERENCE}/ask", differences.ask, name="backoffice_difference_ask"),
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
    path(f"{LINE}/refund", bank_refunds.is_refund, name="backoffice_bank_refund"),
    path(f"{LINE}/no-refund", bank_refunds.is_no_refund, name="backoffice_bank_not_refund"),
    path("import/", imports.begin, name="backoffice_import"),
    path("import/apply", imports.do, name="backoffice_import_apply"),
    path("import/refused.csv", imports.refused_csv, name="backoffice_import_refused"),
    path("settings/", brand.brand, name="backoffice_brand"),
    path("settings/accent", brand.accent_preview, name="backoffice_accent"),
    path("settings/accent.css", brand.accent_css, name="backoffice_accent_css"),
    path("settings/logo", brand.logo, name="backoffice_logo"),
    path("settings/addresses", hosts.hosts, name="backoffice_hosts"),
    path("settings/addresses/change", hosts.host_change, name="backoffice_host_change"),
    path("settings/bank", bank_accounts.bank_accounts, name="backoffice_bank_accounts"),
    path(
        "settings/bank/<staff_acc:account_id>/show",
        bank_accounts.show,
        name="backoffice_bank_account_show",
    ),
    path("settings/paying", paying.paying, name="backoffice_paying"),
    path("settings/retention", retention.retention, name="backoffice_retention"),
    path("settings/surcharges", surcharges.surcharges, name="backoffice_surcharges"),
    path("settings/debits", debits.debits, name="backoffice_debits"),
    path("settings/people", people.people, name="backoffice_people"),
    path("settings/people/<uuid:user_id>", people.person, name="backoffice_person"),
    path(
        "settings/people/<uuid:user_id>/remove",
        people.person_remove,
        name="backoffice_person_remove",
    ),
    path(
        "settings/invitations/<staff_ivt:invitation_id>/withdraw",
        people.invitation_withdraw,
        name="backoffice_invitation_withdraw",
    ),
    path("settings/roles", roles.roles, name="backoffice_roles"),
    path("settings/roles/new", roles.role_new, name="backoffice_role_new"),
    path("settings/roles/two-people", roles.rules, name="backoffice_rules"),
    path("settings/roles/<staff_rol:role_id>", roles.role, name="backoffice_role"),
    path(
        "settings/roles/<staff_rol:role_id>/remove",
        roles.role_remove,
        name="backoffice_role_remove",
    ),
    path("settings/roles/<slug:name>", roles.preset, name="backoffice_preset"),
    path("join/<str:token>", joining.join, name="backoffice_join"),
    path("approvals/", approvals.approvals, name="backoffice_approvals"),
    path("approvals/<staff_apr:approval_id>", approvals.approval, name="backoffice_approval"),
    path(
        "approvals/<staff_apr:approval_id>/decide",
        approvals.approval_decide,
        name="backoffice_approval_decide",
    ),
    path(
        "approvals/<staff_apr:approval_id>/withdraw",
        approvals.approval_withdraw,
        name="backoffice_approval_withdraw",
    ),
    path(
        "settings/people/<uuid:user_id>/timeline",
        timelines.of_member,
        name="backoffice_member_timeline",
    ),
    path("settings/changes", changes.changes, name="backoffice_changes"),
    path("settings/changes.csv", changes.changes_csv, name="backoffice_changes_csv"),
    path("settings/changes/seals", seals.seals_file, name="backoffice_changes_seals"),
    path("settings/changes/mail", seals.mail_seals, name="backoffice_changes_mail"),
    path("settings/changes/mails", seals.switch_mail, name="backoffice_changes_mails"),
    path(
        "settings/changes/proofs/<uuid:row_id>",
        seals.proof_file,
        name="backoffice_changes_proof",
    ),
    path("settings/sign-on", sign_on.listed, name="backoffice_sign_on"),
    path(
        "settings/sign-on/new/<slug:whose>/<slug:kind>", sign_on.new, name="backoffice_sign_on_new"
    ),
    path(SIGN_ON, sign_on.one, name="backoffice_sign_on_one"),
    path(f"{SIGN_ON}/provider", sign_on.provider, name="backoffice_sign_on_provider"),
    path(f"{SIGN_ON}/switch", sign_on.switch, name="backoffice_sign_on_switch"),
    path(f"{SIGN_ON}/try", sign_on.try_it, name="backoffice_sign_on_try"),
    path(f"{SIGN_ON}/forget", sign_on.forget, name="backoffice_sign_on_forget"),
    path(f"{SIGN_ON}/remove", sign_on.remove, name="backoffice_sign_on_remove"),
    path("settings/gateways", gateways.gateways, name="backoffice_gateways"),
    path("settings/gateways/new/<slug:kind>", gateways.new, name="backoffice_gateway_new"),
    path(GATEWAY, gateways.gateway, name="backoffice_gateway"),
    path(f"{GATEWAY}/pause", gateways.pause, name="backoffice_gateway_pause"),
    path(f"{GATEWAY}/try", gateways.try_it, name="backoffice_gateway_try"),
    path(f"{GATEWAY}/routes", gateways.route, name="backoffice_gateway_route"),
    path("settings/keys", keys.keys, name="backoffice_keys"),
    path("settings/keys/<staff_key:key_id>/rotate", keys.key_rotate, name="backoffice_key_rotate"),
    path("settings/keys/<staff_key:key_id>/revoke", keys.key_revoke, name="backoffice_key_revoke"),
]
