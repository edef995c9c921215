"""Why nobody was signed in: to the person who tried, and to whoever sets it up."""

from django.utils.translation import gettext as _

from counterfoil.kernel.ports.sign_on import Why


def refusal_words(why: Why, name: str) -> str:
    """What happened, and what the person can do; nothing that tells who is known here."""
    again = _("Start once more from the sign-in page.")
    theirs = _("Tell whoever looks after “%(name)s” in your company.") % {"name": name}
    ours = _("Ask us to let you in.")
    return {
        Why.OFF: _("Signing in through “%(name)s” is switched off.") % {"name": name},
        Why.UNREACHABLE: _("“%(name)s” does not answer. Try again in a minute.") % {"name": name},
        Why.UNREADABLE: _("“%(name)s” answered with something that can't be read.") % {"name": name}
        + f" {theirs}",
        Why.NOT_BEGUN_HERE: _(
            "This sign-in was not begun in this browser, was used already, or took too long."
        )
        + f" {again}",
        Why.CANCELLED: _("You stopped the sign-in."),
        Why.REFUSED_THERE: _("“%(name)s” did not let you in.") % {"name": name} + f" {theirs}",
        Why.CLOCK: _("The answer was too old or too new: the clocks differ.") + f" {again}",
        Why.REPLAYED: _("This answer was used already.") + f" {again}",
        Why.NO_EMAIL: _("“%(name)s” did not tell your mail address.") % {"name": name}
        + f" {theirs}",
        Why.UNVERIFIED: _("“%(name)s” does not say that your mail address was checked.")
        % {"name": name}
        + f" {theirs}",
        Why.WRONG_DOMAIN: _("Your mail address there does not belong to the company.")
        + f" {theirs}",
        Why.UNKNOWN_PERSON: _("You are not one of the people who may sign in here.") + f" {ours}",
        Why.REMOVED: _("Your access was taken back.") + f" {ours}",
        Why.OTHER_SUBJECT: _("Your mail address belongs to another account of the company.")
        + f" {ours}",
    }.get(why, _("The answer of “%(name)s” could not be trusted.") % {"name": name} + f" {theirs}")


def trouble_words(why: Why) -> str:
    """What is wrong with a provider, to whoever connects it; the detail stands beside."""
    return {
        Why.UNREACHABLE: _("The provider can't be reached at this address."),
        Why.UNREADABLE: _("What stands at this address, or was pasted, is not readable."),
        Why.ISSUER: _("The provider calls itself by another name than was typed in."),
        Why.CERTIFICATE: _("The provider's certificate has ended or is missing."),
        Why.AUDIENCE: _("The answer is meant for another application: compare the names."),
        Why.CLOCK: _("The clocks of the provider and of this server differ too much."),
        Why.SIGNATURE: _("The answer is not signed by the provider, or not in a safe way."),
        Why.NO_SUBJECT: _("The provider gives people another name each time."),
    }.get(why, _("The provider's answer does not hold."))
