"""The portal's addresses."""

from allauth.account import views as account
from django.urls import path

from counterfoil.surfaces.portal import pieces
from counterfoil.surfaces.portal.confirm import views as confirm
from counterfoil.surfaces.portal.home.views import home
from counterfoil.surfaces.portal.invoices import views as invoices
from counterfoil.surfaces.portal.methods import mandates
from counterfoil.surfaces.portal.methods import views as methods
from counterfoil.surfaces.portal.pay import returning, stopping
from counterfoil.surfaces.portal.pay import views as pay
from counterfoil.surfaces.portal.payments import views as payments
from counterfoil.surfaces.portal.planned import views as planned
from counterfoil.surfaces.portal.profile.views import profile

urlpatterns = [
    path("", home, name="home"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<str:number>", invoices.invoice, name="invoice"),
    path("invoices/<str:number>/pay", pay.invoice_pay, name="invoice_pay"),
    path("invoices/<str:number>/pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:number>/revoke", invoices.revoke_link, name="revoke_link"),
    path("invoices/<str:number>/credit", confirm.use_credit, name="use_credit"),
    path("pay", confirm.confirm, name="confirm"),
    path("credit-notes/<str:credit_note_id>", invoices.credit_note_pdf, name="credit_note_pdf"),
    path("payments/", payments.payments, name="payments"),
    path("payments.csv", payments.payments_csv, name="payments_csv"),
    path("payments/<str:payment_id>", pay.payment, name="payment"),
    path("payments/<str:payment_id>/receipt", pay.payment_receipt, name="payment_receipt"),
    path("payments/<str:payment_id>/stop", stopping.payment_stop, name="payment_stop"),
    path("profile/", profile, name="profile"),
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
    path("brand.css", pieces.brand_colours, name="brand_css"),
    path("logo", pieces.brand_logo, name="brand_logo"),
    path("language", pieces.language, name="language"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-up/", account.signup, name="account_signup"),
    path("sign-in/code/", account.request_login_code, name="account_request_login_code"),
    path("sign-in/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/<str:uidb36>-<str:key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
]
