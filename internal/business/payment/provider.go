package payment

import (
	"context"
	"errors"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
)

// Accounts keeps companies' accounts at the payment provider.
type Accounts interface {
	// CreateAccount makes one. The same key again within a day gives the same one.
	CreateAccount(ctx context.Context, key string, n NewAccount) (account string, err error)
	// OnboardingPage is where its owner tells the provider what it has to know; it opens once, for minutes.
	OnboardingPage(ctx context.Context, account, back, again string) (url string, err error)
	// ReadAccount is how it stands.
	ReadAccount(ctx context.Context, account string) (AccountState, error)
}

// ErrNoAccess is the answer of a provider that does not let us into an account any more: its owner disconnected it there.
var ErrNoAccess = errors.New("no access to the account")

// Till takes money of homeowners on a company's account.
type Till interface {
	// OpenCheckout makes a page to pay on. The same key again within a day gives the same page.
	OpenCheckout(ctx context.Context, key string, c NewCheckout) (Checkout, error)
	// CloseCheckout closes the page, unless it was paid.
	CloseCheckout(ctx context.Context, account, session string) error
	// ReadPayment is everything that became of a page.
	ReadPayment(ctx context.Context, account, session string) (PaymentState, error)
	// GiveBack refunds a part of a payment. The same key again within a day is one refund. What is refused is a fault.
	GiveBack(ctx context.Context, key string, r GiveBack) (ProviderRefund, error)
}

// NewAccount is a company as the provider should know it.
type NewAccount struct {
	Org         id.ID
	Name, Email string
}

// AccountState is what the provider says of an account.
type AccountState struct {
	Gone             bool // its owner took our access away, or it is closed
	DetailsSubmitted bool
	ChargesEnabled   bool
	PayoutsEnabled   bool
	Needs            []string
	DisabledReason   string
}

// NewCheckout is a page to pay on.
type NewCheckout struct {
	Account     string
	Payment     id.ID
	AmountCents money.Cents
	What        string // "Deposit for your fence, Q-2026-000123"
	Email       string
	Done, Back  string // where the browser is sent
}

// Checkout is a page that was made.
type Checkout struct {
	Session   string
	URL       string
	ExpiresAt time.Time
}

// OnlineState is where a payment stands.
type OnlineState string

// The states of an online payment.
const (
	Open       OnlineState = "open"
	Processing OnlineState = "processing"
	Paid       OnlineState = "paid"
	Failed     OnlineState = "failed"
	Expired    OnlineState = "expired"
)

// PaymentState is what the provider says of a payment.
type PaymentState struct {
	State       OnlineState
	Intent      string
	Charge      string
	AmountCents money.Cents // that was taken
	Method      Method
	Ending      string // of the card or bank account
	PaidAt      time.Time
	Problem     string
	Refunds     []ProviderRefund
	Disputes    []ProviderDispute // the newest first
}

// dispute is the one that waits for an answer, else the newest; the zero value without any.
func (st PaymentState) dispute() (d ProviderDispute) {
	for _, each := range st.Disputes {
		if strings.HasSuffix(each.Status, needsResponse) {
			return each
		}
	}
	if len(st.Disputes) > 0 {
		d = st.Disputes[0]
	}
	return d
}

// needsResponse ends the states of disputes that wait for the company.
const needsResponse = "needs_response"

// ProviderRefund is money that went back by the provider.
type ProviderRefund struct {
	ID          string
	AmountCents money.Cents
	Failed      bool // it came back to the company
	At          time.Time
	By          string // who asked for it, when that was here
	Note        string
}

// ProviderDispute is a bank that wants money back.
type ProviderDispute struct {
	ID       string
	Status   string
	AnswerBy time.Time
	Moves    []Move
}

// Move is money that a dispute moved: below zero it left the company.
type Move struct {
	ID          string
	AmountCents money.Cents
	At          time.Time
}

// GiveBack is a refund that the company wants.
type GiveBack struct {
	Account     string
	Charge      string
	AmountCents money.Cents
	By, Note    string
}
