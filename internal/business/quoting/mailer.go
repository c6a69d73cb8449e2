package quoting

import (
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/money"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Mailer queues the mails about a quote: they leave when the transaction commits.
type Mailer interface {
	// QuoteSent tells one recipient that a version is there to read.
	QuoteSent(tx *pg.OrgTx, a tenancy.Actor, m SentMail) error
	// QuoteSigned brings the signed paper to whoever signed and to the company.
	QuoteSigned(tx *pg.OrgTx, a tenancy.Actor, m SignedMail) error
	// QuoteDeclined tells the company.
	QuoteDeclined(tx *pg.OrgTx, a tenancy.Actor, m DeclinedMail) error
}

// MailFacts are what every mail about a quote may say.
type MailFacts struct {
	QuoteID      id.ID
	Number       string
	N            int // of the version
	CustomerName string
	Place        string // 12 Oak St
}

// SentMail goes to one recipient of a version.
type SentMail struct {
	MailFacts
	RecipientName  string
	RecipientEmail string
	FromCents      money.Cents // the cheapest option
	TotalCents     money.Cents // the recommended option
	ValidUntil     time.Time   // the instant at which it ends
	Zone           *time.Location
	Message        string
	URL            string // the recipient's secret address
	Document       id.ID  // the sent PDF
}

// SignedMail goes to both sides.
type SignedMail struct {
	MailFacts
	SignerName      string
	HomeownerEmails []string // of the links of the version that was signed
	CompanyEmails   []string // who wrote the quote
	Recorded        string   // the person who recorded it, when the homeowner did not sign here
	OptionName      string
	TotalCents      money.Cents
	DepositCents    money.Cents
	AcceptedAt      time.Time
	Zone            *time.Location
	SoldAtHome      bool
	Document        id.ID // the signed PDF
}

// DeclinedMail goes to the company.
type DeclinedMail struct {
	MailFacts
	Name          string // whose link it was
	Reason        string
	CompanyEmails []string
}
