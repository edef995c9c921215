"""The portal's addresses."""

from django.urls import path

from counterfoil.surfaces.entrance.urls import addresses
from counterfoil.surfaces.portal import pieces
from counterfoil.surfaces.portal.access import somebody
from counterfoil.surfaces.portal.confirm import views as confirm
from counterfoil.surfaces.portal.genuine import views as genuine
from counterfoil.surfaces.portal.home.views import home
from counterfoil.surfaces.portal.invoices import views as invoices
from counterfoil.surfaces.portal.methods import mandates
from counterfoil.surfaces.portal.methods import views as methods
from counterfoil.surfaces.portal.pay import checking, returning, specimen, stopping
from counterfoil.surfaces.portal.pay import views as pay
from counterfoil.surfaces.portal.payments import views as payments
from counterfoil.surfaces.portal.planned import views as planned
from counterfoil.surfaces.portal.profile import (
    data,
    joining,
    leaving,
    looks,
    people,
    registering,
    switching,
)
from counterfoil.surfaces.portal.profile import links as owned
from counterfoil.surfaces.portal.profile.views import profile

urlpatterns = [
    path("", home, name="home"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<path:number>/pay", pay.invoice_pay, name="invoice_pay"),
    path("invoices/<path:number>/pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<path:number>/revoke", invoices.revoke_link, name="revoke_link"),
    path("invoices/<path:number>/credit", confirm.use_credit, name="use_credit"),
    path("invoices/<path:number>", invoices.invoice, name="invoice"),  # numbers may hold slashes
    path("pay", confirm.confirm, name="confirm"),
    path("credit-notes/<str:credit_note_id>", invoices.credit_note_pdf, name="credit_note_pdf"),
    path("payments/", payments.payments, name="payments"),
    path("payments.csv", payments.payments_csv, name="payments_csv"),
    path("payments/<str:payment_id>", pay.payment, name="payment"),
    path("payments/<str:payment_id>/receipt", pay.payment_receipt, name="payment_receipt"),
    path("payments/<str:payment_id>/stop", stopping.payment_stop, name="payment_stop"),
    path("profile/", profile, name="profile"),
    path("profile/looks", looks.looks, name="looks"),
    path("looking/leave", looks.leave_look, name="leave_look"),
    path("profile/data", data.data, name="data"),
    path("profile/data/copy", data.data_copy, name="data_copy"),
    path("profile/data/erase", data.data_erase, name="data_erase"),
    path("profile/data/<str:copy_id>", data.data_file, name="data_file"),
    path("people/", people.people, name="people"),
    path("people/<str:contact_id>", people.person, name="person"),
    path("people/<str:contact_id>/remove", people.remove, name="person_remove"),
    path("invitations/<str:invitation_id>/again", people.again, name="invitation_again"),
    path("invitations/<str:invitation_id>/withdraw", people.withdraw, name="invitation_withdraw"),
    path("join/<str:token>", joining.join, name="join"),
    path("links/", owned.links, name="links"),
    path("links/<str:link_id>/revoke", owned.revoke, name="link_revoke"),
    path("links/<str:link_id>/life", owned.life, name="link_life"),
    path("register/", registering.register, name="register"),
    path("register/confirm/", registering.confirm, name="register_confirm"),
    path("switch/", switching.switch, name="switch"),
    path("switch/leave", leaving.leave, name="leave"),
    path("arrive/", leaving.arrive, name="arrive"),
    path("planned/", planned.plan, name="plan"),
    path("planned/<str:schedule_id>", planned.show, name="planned"),
    path("planned/<str:schedule_id>/way", planned.way, name="plan_way"),
    path("planned/<str:schedule_id>/cancel", planned.cancel, name="plan_cancel"),
    path("methods/", methods.saved, name="methods"),
    path("methods/<str:method_id>/name", methods.name, name="method_name"),
    path("methods/<str:method_id>/default", methods.default, name="method_default"),
    path("methods/<str:method_id>/remove", methods.remove, name="method_remove"),
    path("mandates/", mandates.give, name="mandates"),
    path("mandates/<str:mandate_id>", mandates.mandate, name="mandate"),
    path("mandates/<str:mandate_id>/continue", mandates.go_on, name="mandate_continue"),
    path("mandates/<str:mandate_id>/name", mandates.name, name="mandate_name"),
    path("mandates/<str:mandate_id>/default", mandates.default, name="mandate_default"),
    path("mandates/<str:mandate_id>/revoke", mandates.revoke, name="mandate_revoke"),
    path("i/<str:token>", invoices.guest_invoice, name="guest_invoice"),
    path("i/<str:token>/pay", pay.guest_pay, name="guest_pay"),
    path("i/<str:token>/pdf", invoices.guest_pdf, name="guest_pdf"),
    path(
        "i/<str:token>/credit-notes/<str:credit_note_id>",
        invoices.guest_credit_note,
        name="guest_credit_note",
    ),
    path("i/<str:token>/payments/<str:payment_id>", pay.guest_payment, name="guest_payment"),
    path(
        "i/<str:token>/payments/<str:payment_id>/receipt", pay.guest_receipt, name="guest_receipt"
    ),
    path("i/<str:token>/payments/<str:payment_id>/stop", stopping.guest_stop, name="guest_stop"),
    path("i/<str:token>/confirm", confirm.guest_confirm, name="guest_confirm"),
    path("i/<str:token>/check", checking.guest_check, name="guest_check"),
    path("b/<str:token>/check", checking.balance_check, name="balance_check"),
    path("pay/check", checking.pay_check, name="pay_check"),
    path("b/<str:token>", confirm.guest_balance, name="guest_balance"),
    path("b/<str:token>/payments/<str:payment_id>", pay.balance_payment, name="balance_payment"),
    path(
        "b/<str:token>/payments/<str:payment_id>/receipt",
        pay.balance_receipt,
        name="balance_receipt",
    ),
    path(
        "b/<str:token>/payments/<str:payment_id>/stop", stopping.balance_stop, name="balance_stop"
    ),
    path("back/<str:token>", returning.returned, name="returned"),
    path("back/<str:token>/finish", returning.finish, name="finish"),
    path("pay-page/<str:token>", specimen.specimen, name="pay_page"),  # flows.auditing.watch_pages
    path("genuine/", genuine.genuine, name="genuine"),
    path("genuine/<str:code>", genuine.genuine, name="genuine_code"),
    path("brand.css", pieces.brand_colours, name="brand_css"),
    path("logo", pieces.brand_logo, name="brand_logo"),
    path("language", pieces.language, name="language"),
]
entrance = addresses(somebody)  # beside the rest: the backoffice has its own
