"""What the environment may say; everything else is decided in `settings`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """The variables that an operator sets. `DATABASE_OWNER_URL` is given to migrate and proofs
    only; serve and worker refuse to start with it."""

    model_config = SettingsConfigDict(extra="ignore", secrets_dir=None)

    database_url: SecretStr = Field(alias="DATABASE_URL")
    database_owner_url: SecretStr | None = Field(None, alias="DATABASE_OWNER_URL")
    database_prepare: bool = Field(True, alias="DB_PREPARE")
    plain_database: bool = Field(False, alias="COUNTERFOIL_PLAIN_DATABASE")
    secret_key: SecretStr = Field(alias="COUNTERFOIL_SECRET_KEY")
    old_secret_keys: str = Field("", alias="COUNTERFOIL_OLD_SECRET_KEYS")
    data_keys: SecretStr = Field(SecretStr(""), alias="COUNTERFOIL_DATA_KEYS")
    lost_keys: str = Field("", alias="COUNTERFOIL_LOST_KEYS")
    data: Path = Field(alias="COUNTERFOIL_DATA")
    mail: str = Field("", alias="COUNTERFOIL_MAIL")
    mail_from: str = Field("counterfoil@localhost", alias="COUNTERFOIL_MAIL_FROM")
    sms: SecretStr = Field(SecretStr(""), alias="COUNTERFOIL_SMS")
    sms_daily: int = Field(1000, ge=1, alias="COUNTERFOIL_SMS_DAILY")
    sandbox_url: str = Field("", alias="COUNTERFOIL_SANDBOX_URL")
    public_port: int | None = Field(None, alias="COUNTERFOIL_PUBLIC_PORT")
    trusted_proxies: int = Field(0, ge=0, alias="COUNTERFOIL_TRUSTED_PROXIES")
    outgoing_networks: str = Field("", alias="COUNTERFOIL_OUTGOING_NETWORKS")
    clamd: str = Field("", alias="COUNTERFOIL_CLAMD")
    breached_passwords: Path | None = Field(None, alias="COUNTERFOIL_BREACHED_PASSWORDS")
    security_contact: str = Field("", alias="COUNTERFOIL_SECURITY_CONTACT")
    log: Literal["plain", "json"] = Field("plain", alias="COUNTERFOIL_LOG")
    syslog: str = Field("", alias="COUNTERFOIL_SYSLOG")
    demo: bool = Field(False, alias="COUNTERFOIL_DEMO")
    as_owner: bool = Field(False, alias="COUNTERFOIL_AS_OWNER")
