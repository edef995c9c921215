"""The addresses that gateways push to."""

from django.urls import path

from counterfoil.surfaces.hooks.views import gateway_event

urlpatterns = [path("<slug:slug>/<str:account>", gateway_event, name="gateway_event")]
