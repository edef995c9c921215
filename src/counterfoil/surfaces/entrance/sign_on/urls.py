"""The addresses of single sign-on, the same at both doors."""

from django.urls import URLPattern, path

from counterfoil.surfaces.entrance.sign_on import views

ONE = "sso/<uuid:connection_id>"


def addresses() -> list[URLPattern]:
    """Before the door; what stands at providers is `back`, `acs` and `metadata`."""
    return [
        path("sign-in/company/", views.company, name="sign_on_company"),
        path(f"{ONE}/", views.begin, name="sign_on"),
        path(f"{ONE}/lead/", views.lead, name="sign_on_lead"),
        path(f"{ONE}/back/", views.callback, name="sign_on_callback"),
        path(f"{ONE}/acs/", views.acs, name="sign_on_acs"),
        path(f"{ONE}/acs/finish/", views.finish, name="sign_on_finish"),
        path(f"{ONE}/metadata/", views.metadata, name="sign_on_metadata"),
    ]
