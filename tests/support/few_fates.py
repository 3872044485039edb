"""One dispatch of each fate that leaves something of its own behind: an office to be kept, which has to be small."""

import uuid

from tests.support.fates import CLIENT, Fates, _consent_token, stamp_of
from tests.support.office import a_contact, a_letter, an_estate, token_of
from tests.support.smtp import Fault

from siegelpost.contacts import consents
from siegelpost.dispatch.models import CodeBy
from siegelpost.dispatch.recipient import interest
from siegelpost.dispatch.recipient.interest import InterestKind
from siegelpost.dispatch.registered import decision
from siegelpost.dispatch.send import replacement
from siegelpost.dispatch.send import send as sending
from siegelpost.ledger.sequencer import seal


class FewFates(Fates):
    """As :class:`Fates`, and a tenth of it."""

    def walk(self) -> None:
        """All of it today: what is proven of an office that is kept must not rest on a clock that was turned."""
        self._guard(True)
        for part in (self._before, self._sent, self._acted, self._went_on):
            part()
            self.go_on()
        self._today()
        seal()

    def _before(self) -> None:
        self.estate = an_estate()

    def _sent(self) -> None:
        self.send("free", estates=[an_estate(buyer_commission_due=False)])
        self.send("withdrawn", estates=[self.estate])
        self.send("replaced", estates=[an_estate(buyer_commission_due=False, living_area=90)])
        self.send("said no", estates=[an_estate(buyer_commission_due=False)])
        self._mails.sink.faults.append(Fault("RCPT", "550 5.1.1 unknown", recipient="undeliverable"))
        self.send("undeliverable", estates=[an_estate(buyer_commission_due=False)])
        for fate in ("accepted", "refused"):
            self.send_registered(fate, hidden=fate == "refused", remind_every=0)

    def _acted(self) -> None:
        self.look(self.declare("free"), "expose.pdf")
        self.declare("withdrawn")
        self.answer("said no", "Nein danke.")
        self.look(self._accept("accepted"), "einschreiben.eml")
        dispatch = self.now("refused")
        decision.refuse(token_of(dispatch), decision.DecisionInput(stamp_of(dispatch), ticked=True), CLIENT)

    def _went_on(self) -> None:
        self.withdraw("withdrawn")
        self.withdraw_without_a_link("Stray")
        free = self.now("free")
        token, stamp = token_of(free), stamp_of(free)
        interest.say(token, stamp, InterestKind.VIEWING, "Samstag ab zehn", CLIENT)
        interest.ask_for_offers(token, stamp, CLIENT)
        consents.give(_consent_token(free), CLIENT.personal)
        estate = self.now("replaced").estates.get()
        estate.living_area = 88
        estate.save()
        replacement.replace(self.now("replaced"), by=self.agent)

    def _today(self) -> None:
        self.send_registered("asks for a code", code_by=CodeBy.PHONE)
        self.send("not yet tried", estates=[an_estate(buyer_commission_due=False)])
        self.send("waiting", estates=[self.estate])
        self.declare("waiting", frozenset())
        self.go_on()
        self._guard(False)
        letter = a_letter(contact=a_contact(last_name="Held", email="held@berger.test"), estates=[self.estate])
        self.by_fate["held"] = sending.send(self.agent, letter, public_id=uuid.uuid4(), hold=True)
        self._guard(True)
