"""Send the mails of the outbox: lease a mail, prepare it, send it, finish it.

After a crash the mail is sent again, with the same token and the same Message-ID.
"""

from dataclasses import dataclass
from datetime import datetime

from chassis import clock, leases, logging
from chassis.failpoints import failpoint
from user_svc.extensions import db
from user_svc.mail import delivery, templates
from user_svc.managers import MailManager, OneTimeTokenManager, UserManager
from user_svc.models import Mail, MailKind
from user_svc.queries import Account
from user_svc.steps.context import keyring, settings


@dataclass(frozen=True)
class OutgoingMail:
    """What is needed to send a mail while no transaction is open."""

    message_id: str
    written_at: datetime
    kind: MailKind
    to: str
    token: str


def send_mails() -> int:
    """Send the mails that are due; return how many were tried."""
    is_valid = Mail.expires_at > clock.now()
    return leases.each(Mail, settings().mail_retry_seconds, _process, is_valid)


def expire_mails() -> int:
    """Give up the mails that were not sent in time; return how many there were."""
    expired = MailManager(db.session).expire()
    db.session.commit()
    if expired:
        logging.get().warning("mails given up: not sent in time", mails=expired)
    return expired


def _process(mail_id: int) -> None:
    failpoint("mail.leased")
    mails = MailManager(db.session)
    outgoing = _prepare(mails, mail_id)
    db.session.commit()
    if outgoing is None or _is_sent(outgoing):
        mails.finish(mail_id)
        db.session.commit()
        failpoint("mail.done")


def _prepare(mails: MailManager, mail_id: int) -> OutgoingMail | None:
    """Return the mail to send; None when its account must not get it.

    The next attempt is scheduled and the token becomes valid before the mail is sent,
    so that a failed attempt needs no further write.
    """
    row = mails.find(mail_id)
    if row is None or row.email is None:
        return None
    mails.postpone(row, settings().mail_retry_seconds)
    account = _find_account(row.user_id, row.email)
    if account is None or not account.is_active:
        return None
    kind, to, token = MailKind(row.kind), _receiver(row, account), ""
    if kind in templates.CONFIRMATIONS:
        token = keyring().mailed_token(row.message_id)
        tokens = OneTimeTokenManager(db.session)
        if not tokens.issue(token, kind, account, row.expires_at):
            logging.get().warning("too many mails", user_id=account.id, kind=kind)
            return None
    return OutgoingMail(row.message_id, row.created_at, kind, to, token)


def _receiver(row: Mail, account: Account) -> str:
    """Return the account's present address; a notice can be for the one before."""
    is_notice = row.kind in (MailKind.EMAIL_CHANGED, MailKind.PASSWORD_CHANGED)
    return str(row.email) if is_notice else account.email


def _find_account(user_id: int | None, email: str) -> Account | None:
    """Return the account; strangers know an address, but no user id."""
    users = UserManager(db.session)
    if user_id is None:
        return users.find_by_email(email)
    return users.find_by_id(user_id)


def _is_sent(mail: OutgoingMail) -> bool:
    try:
        _send(mail)
    except OSError as error:  # the base class of smtplib's errors, too
        name = mail.message_id
        logging.get().warning("mail not sent", message_id=name, error=str(error))
        return False
    failpoint("mail.sent")
    logging.get().info("mail sent", message_id=mail.message_id, kind=mail.kind)
    return True


def _send(mail: OutgoingMail) -> None:
    config = settings()
    subject, text = templates.render(mail.kind, mail.token, config)
    message = delivery.compose(
        mail.message_id,
        mail.written_at,
        sender=config.sender,
        to=mail.to,
        subject=subject,
        text=text,
    )
    delivery.deliver(message, config)
