package billing

import (
	"context"
	"errors"
	"time"

	"fenceplatform.com/fence/internal/business/plan"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// Currency is the only one that companies pay in.
const Currency = "USD"

// ErrUnclear says of a call that nobody knows whether it was carried out: no answer came, or one that says nothing.
var ErrUnclear = errors.New("nobody knows whether the provider did it")

// ErrNoPrice says that the provider has no price for a plan.
var ErrNoPrice = errors.New("the provider has no price for this")

// Item is a plan as it is bought.
type Item struct {
	Org        id.ID // whose price, where each company has its own
	Plan       plan.Key
	Version    int
	ExtraUsers int64 // beyond those that the plan includes
}

// Offer is what a plan costs at the provider.
type Offer struct {
	Cents            money.Cents // for each period
	ExtraCents       money.Cents // for each further person and period
	Currency         string      // in capitals
	CustomerCurrency string      // that the customer is bound to; empty: none yet
	Yearly           bool        // else monthly
}

// Each is what an item of the offer costs for each period.
func (o Offer) Each(i Item) money.Cents { return o.Cents + o.ExtraCents*money.Cents(i.ExtraUsers) }

// NewCheckout is a page on which a person buys.
type NewCheckout struct {
	Act      id.ID // what it is found by
	Customer string
	Item     Item
	TrialEnd time.Time // zero: it is paid at once
	Expires  time.Time
	Paid     string // address to come back to when it is paid
	Left     string // and when it is not
}

// CheckoutState is how far a checkout is.
type CheckoutState string

// The states of a checkout.
const (
	CheckoutOpen     CheckoutState = "open"
	CheckoutComplete CheckoutState = "complete"
	CheckoutExpired  CheckoutState = "expired"
)

// Checkout is one that was made.
type Checkout struct {
	ID, URL   string
	State     CheckoutState
	ExpiresAt time.Time
}

// Shop sells plans.
type Shop interface {
	// Offer is what a plan costs. ErrNoPrice: it is not for sale.
	Offer(ctx context.Context, customer string, i Item) (Offer, error)
	// OpenCheckout makes the page. The same key again within a day gives the same one.
	OpenCheckout(ctx context.Context, key string, c NewCheckout) (Checkout, error)
	// FindCheckout looks for one that was made for an act; a NotFound fault proves that there is none.
	FindCheckout(ctx context.Context, customer string, act id.ID) (Checkout, error)
	// Checkout reads one; with end it is closed first, if nobody has paid.
	Checkout(ctx context.Context, checkout string, end bool) (Checkout, error)
}

// Portal is the provider's own page of card, address and invoices.
type Portal interface {
	Portal(ctx context.Context, customer, back string) (address string, err error)
}

// Contract is a subscription as the provider has it now, with what a change of it needs.
type Contract struct {
	plan.Subscription
	Customer   string
	ExtraUsers int64
	Yearly     bool
	Waiting    bool      // a change waits for a payment
	WaitsUntil time.Time // zero: nothing waits
	PayURL     string    // where the newest invoice is paid; empty: nothing is open
	PayCents   money.Cents

	PlanItem, SeatItem string // the provider's names of its parts; empty: there is none
	Schedule           string // of a change to come
	WaitsFor           string // the invoice
}

// Line is a line of a bill.
type Line struct {
	Words string
	Cents money.Cents
}

// Preview is the bill that a change brings at once.
type Preview struct {
	Lines []Line
	Due   money.Cents
}

// Contracts reads subscriptions and changes their plan.
type Contracts interface {
	Contract(ctx context.Context, subscription string) (Contract, error)
	// Preview is the bill of a switch that counts from a moment. It changes nothing.
	Preview(ctx context.Context, c Contract, to Item, from time.Time) (Preview, error)
	// Switch bills the change now and makes it when that is paid.
	Switch(ctx context.Context, key string, c Contract, to Item, from time.Time) error
	// SwitchLater makes the change at the period's end, and gives nothing back.
	SwitchLater(ctx context.Context, key string, c Contract, to Item) error
}

// Endings ends subscriptions, and takes back what was to come.
type Endings interface {
	SetEnd(ctx context.Context, c Contract, atPeriodEnd bool) error
	EndNow(ctx context.Context, c Contract) error
	DropNext(ctx context.Context, c Contract) error    // the change at the period's end
	DropWaiting(ctx context.Context, c Contract) error // the change that waits for a payment
}

// Billed is how a change of seats is paid for.
type Billed string

// The ways to pay for seats.
const (
	NotBilled    Billed = "not"           // it is paid for this period already
	BilledLater  Billed = "with_the_next" // for the rest of the period, on the next bill
	BilledAtOnce Billed = "at_once"       // for the rest of the period, on a bill of its own
)

// Seats tells the provider how many people there are beyond those of the plan.
type Seats interface {
	SetSeats(ctx context.Context, key string, c Contract, extra int64, billed Billed) error
}

// Gateway is the way to the provider for everything that a company does with its plan.
type Gateway interface {
	Provider
	Shop
	Portal
	Contracts
	Endings
	Seats
}
