"""Rows of a business: Django sees a plain id, the database keys everything by the business."""

from typing import Any, Self

from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.where import WhereNode

from counterfoil.kernel.ids import BusinessId, new_id


class WithoutBusiness(RuntimeError):
    """A bug: a row of a business was reached for without naming the business."""


class BusinessQuerySet(models.QuerySet[Any]):
    """Queries that name their business first."""

    def for_business(self, business_id: BusinessId) -> Self:
        """Only the rows of this business."""
        return self.filter(business_id=business_id)


class BusinessForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference inside a business: joins equate both businesses; the database holds the
    composite foreign key, which the migration word `BusinessTable` writes."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("related_name", "+")
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        """For migrations: that there is no constraint of Django's goes without saying."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        """The business of the row equals the business of its parent."""
        own: Any = self.model._meta.get_field("business")
        other: Any = self.related_model._meta.get_field("business")
        equal: Any = Exact(Col(alias, other), Col(related_alias, own))
        return WhereNode([equal])

    def get_cached_value(self, instance: Any, default: Any = None) -> Any:
        """Refuses the lazy load, which could not carry the business."""
        value: Any = super().get_cached_value(instance, default=self)
        if value is self:
            raise WithoutBusiness(f"{self.name} is not loaded: use select_related")
        return value


class BusinessRow(models.Model):
    """A row that belongs to one business: UUIDv7 `id`, and `business` in every statement.

    Which key of the database holds the row to its business, `BusinessTable` says.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    business = models.ForeignKey(
        "business.Business", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    objects = BusinessQuerySet.as_manager()

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Refused: it would not carry the business."""
        raise WithoutBusiness("load the row again with for_business()")

    def _do_update(self, base_qs: Any, *args: Any, **kwargs: Any) -> Any:
        return super()._do_update(  # type: ignore[misc]
            base_qs.filter(business_id=self.business_id), *args, **kwargs
        )
