package stripesim

import "strings"

// behavior is how a payment method answers.
type behavior struct {
	number string // of the card, without blanks
	brand  string
	// refuse is the decline of a charge; refuseSaving tells that saving the card is declined too.
	refuse       *decline
	refuseSaving bool
	// goodAfter is how many charges are declined before they succeed.
	goodAfter int
	// authenticate is when the bank wants to see the person.
	authenticate authentication
	disputed     string // reason of the dispute that a charge brings
	refundFails  bool
	expires      int64 // month and year as 202612; zero is far away
	bank         bool  // an account at a bank, whose payments take days
}

type decline struct{ code, declineCode, message string }

type authentication int

const (
	never   authentication = iota
	onSetup                // until it was done once
	always
)

var (
	generic      = &decline{"card_declined", "generic_decline", "Your card was declined."}
	insufficient = &decline{"card_declined", "insufficient_funds", "Your card has insufficient funds."}
	lost         = &decline{"card_declined", "lost_card", "Your card was declined."}
	stolen       = &decline{"card_declined", "stolen_card", "Your card was declined."}
	expired      = &decline{"expired_card", "expired_card", "Your card has expired."}
	wrongCVC     = &decline{"incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."}
	processing   = &decline{"processing_error", "processing_error", "An error occurred while processing your card. Try again in a little bit."}
	unanswered   = &decline{"authentication_required", "authentication_required", "Your card was declined. This transaction requires authentication."}
	noFunds      = &decline{"payment_method_provider_decline", "insufficient_funds", "The customer's bank account has insufficient funds."}
)

// behaviors are the test payment methods, by the names that Stripe gives them; the two at the end are our own.
var behaviors = map[string]behavior{
	"pm_card_visa":                               {number: "4242424242424242", brand: "visa"},
	"pm_card_mastercard":                         {number: "5555555555554444", brand: "mastercard"},
	"pm_card_amex":                               {number: "378282246310005", brand: "amex"},
	"pm_card_visa_debit":                         {number: "4000056655665556", brand: "visa"},
	"pm_card_visa_chargeDeclined":                {number: "4000000000000002", brand: "visa", refuse: generic, refuseSaving: true},
	"pm_card_chargeDeclined":                     {number: "4000000000000002", brand: "visa", refuse: generic, refuseSaving: true},
	"pm_card_chargeDeclinedInsufficientFunds":    {number: "4000000000009995", brand: "visa", refuse: insufficient, refuseSaving: true},
	"pm_card_chargeDeclinedLostCard":             {number: "4000000000009987", brand: "visa", refuse: lost, refuseSaving: true},
	"pm_card_chargeDeclinedStolenCard":           {number: "4000000000009979", brand: "visa", refuse: stolen, refuseSaving: true},
	"pm_card_chargeDeclinedExpiredCard":          {number: "4000000000000069", brand: "visa", refuse: expired, refuseSaving: true},
	"pm_card_chargeDeclinedIncorrectCvc":         {number: "4000000000000127", brand: "visa", refuse: wrongCVC, refuseSaving: true},
	"pm_card_chargeDeclinedProcessingError":      {number: "4000000000000119", brand: "visa", refuse: processing, refuseSaving: true},
	"pm_card_chargeCustomerFail":                 {number: "4000000000000341", brand: "visa", refuse: generic},
	"pm_card_authenticationRequired":             {number: "4000002760003184", brand: "visa", authenticate: always},
	"pm_card_threeDSecureRequired":               {number: "4000000000003063", brand: "visa", authenticate: always},
	"pm_card_threeDSecure2Required":              {number: "4000000000003220", brand: "visa", authenticate: always},
	"pm_card_authenticationRequiredOnSetup":      {number: "4000002500003155", brand: "visa", authenticate: onSetup},
	"pm_card_authenticationRequiredAlreadySet":   {number: "4000003800000446", brand: "visa"},
	"pm_card_threeDSecureRequiredChargeDeclined": {number: "4000008400001629", brand: "visa", authenticate: always, refuse: generic},
	"pm_card_createDispute":                      {number: "4000000000000259", brand: "visa", disputed: "fraudulent"},
	"pm_card_createDisputeProductNotReceived":    {number: "4000000000002685", brand: "visa", disputed: "product_not_received"},
	"pm_card_refundFail":                         {number: "4000000000005126", brand: "visa", refundFails: true},
	"pm_usBankAccount_success":                   {number: "000123456789", bank: true},
	"pm_usBankAccount_insufficientFunds":         {number: "000222222227", bank: true, refuse: noFunds},
	"pm_card_insufficientFundsThenGood":          {number: "4000000000009235", brand: "visa", refuse: insufficient, goodAfter: 2},
	"pm_card_expiring":                           {number: "4000000000001976", brand: "visa", expires: 1},
}

// byNumber finds how a card with this number behaves.
func byNumber(number string) (behavior, bool) {
	number = strings.NewReplacer(" ", "", "-", "").Replace(number)
	for _, b := range behaviors {
		if b.number == number {
			return b, true
		}
	}
	return behavior{}, false
}

// attempt says how a charge would go, without making it.
func (m *paymentMethod) attempt(now int64, authenticated bool) (refused *decline, wantsPerson bool) {
	b := m.behavior
	switch {
	case m.expiredAt(now):
		return expired, false
	case !authenticated && (b.authenticate == always || b.authenticate == onSetup && !m.setUp):
		return nil, true
	case b.refuse != nil && !b.bank && (b.goodAfter == 0 || m.charged < b.goodAfter):
		return b.refuse, false
	}
	return nil, false
}

func (m *paymentMethod) expiredAt(now int64) bool {
	if m.Card == nil {
		return false
	}
	return now >= month(int(m.Card.ExpYear), int(m.Card.ExpMonth)+1)
}
