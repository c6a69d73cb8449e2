// Package quotemail says in mails what happens to quotes.
//
// Owns: the words and facts of mails about quotes, to homeowners and to the company.
// Does not own: when they are sent (quoting), how they look and travel (notify, platform/mail).
package quotemail

import (
	"fmt"
	"strings"
	"time"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/quoting"
	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/phone"
)

// Mailer implements quoting.Mailer.
type Mailer struct{ Notify *notify.Service }

// QuoteSent brings a homeowner the secret address of a version, and its paper.
func (m Mailer) QuoteSent(tx *pg.OrgTx, a tenancy.Actor, q quoting.SentMail) error {
	c := mail.Content{
		Subject:  fmt.Sprintf("Your fence quote from %s: %s for %s", a.Org.Name, q.TotalCents.Dollars(), q.Place),
		Sentence: "Here is your quote" + from(a) + ". Compare the options, ask us anything, and sign on the page when it is right.",
		Facts: []mail.Fact{
			{Name: "Quote", Value: version(q.MailFacts)}, {Name: "Property", Value: q.Place},
			{Name: "From", Value: q.FromCents.String()}, {Name: "Valid until", Value: deadline(q.ValidUntil, q.Zone)},
		},
		Button: &mail.Button{Label: "See your quote", URL: q.URL},
		Note:   q.Message,
	}
	if q.N > 1 {
		c.Subject = fmt.Sprintf("Your updated quote (version %d)", q.N)
	}
	return m.toHomeowner(tx, a, notify.KindQuoteSent, q.RecipientEmail, c, notify.Mail{Attached: q.Document})
}

// QuoteSigned brings the signed copy to both sides.
func (m Mailer) QuoteSigned(tx *pg.OrgTx, a tenancy.Actor, q quoting.SignedMail) error {
	facts := []mail.Fact{
		{Name: "Quote", Value: version(q.MailFacts)}, {Name: "Option", Value: q.OptionName}, {Name: "Total", Value: q.TotalCents.String()},
		{Name: "Deposit", Value: q.DepositCents.String()}, {Name: "Signed", Value: q.AcceptedAt.In(q.Zone).Format("Mon, Jan 2, 2006, 3:04 PM MST")},
	}
	homeowner := mail.Content{
		Subject:  "Signed: your copy of the contract with " + a.Org.Name,
		Sentence: "Thank you, " + firstName(q.SignerName) + ". Your signed copy is attached. Keep it: it proves what was agreed.",
		Facts:    facts,
	}
	if last, ok := document.LastDayToCancel(document.DayOf(q.AcceptedAt, q.Zone)); q.SoldAtHome && ok {
		day, err := time.Parse(time.DateOnly, string(last))
		if err != nil {
			return fmt.Errorf("last day to cancel: %w", err)
		}
		homeowner.Subject = "Signed: your copy and your right to cancel until " + day.Format("Jan 2")
		homeowner.Note = "You may cancel without a reason until midnight of " + day.Format("Mon, Jan 2, 2006") + ". The copy has the form for it."
	}
	if q.Recorded != "" {
		homeowner.Sentence = q.Recorded + " recorded that you accepted this quote. Your copy is attached. If this is not right, answer this mail."
	}
	for _, to := range q.HomeownerEmails {
		if err := m.toHomeowner(tx, a, notify.KindSigned, to, homeowner, notify.Mail{Attached: q.Document}); err != nil {
			return err
		}
	}
	company := mail.Content{
		Subject:  fmt.Sprintf("%s signed %s: %s", q.CustomerName, q.Number, q.TotalCents),
		Heading:  a.Org.Name,
		Sentence: fmt.Sprintf("%s signed for %s. The job is open.", q.SignerName, q.Place),
		Facts:    facts,
		Button:   m.openQuote(a, q.MailFacts),
	}
	if q.Recorded != "" {
		company.Sentence = fmt.Sprintf("%s recorded the acceptance of %s for %s. The job is open.", q.Recorded, q.CustomerName, q.Place)
	}
	return m.toCompany(tx, a, "quote_signed_company", q.CompanyEmails, company, notify.Mail{Attached: q.Document})
}

// QuoteDeclined tells the company.
func (m Mailer) QuoteDeclined(tx *pg.OrgTx, a tenancy.Actor, q quoting.DeclinedMail) error {
	c := mail.Content{
		Subject:  fmt.Sprintf("%s declined %s", q.CustomerName, q.Number),
		Heading:  a.Org.Name,
		Sentence: fmt.Sprintf("%s declined the quote for %s.", orCustomer(q), q.Place),
		Facts:    []mail.Fact{{Name: "Quote", Value: version(q.MailFacts)}},
		Button:   m.openQuote(a, q.MailFacts),
	}
	if q.Reason != "" {
		c.Facts = append(c.Facts, mail.Fact{Name: "Reason", Value: q.Reason})
	}
	return m.toCompany(tx, a, "quote_declined", q.CompanyEmails, c, notify.Mail{})
}

func (m Mailer) toHomeowner(tx *pg.OrgTx, a tenancy.Actor, kind, to string, c mail.Content, with notify.Mail) error {
	c.Heading = a.Org.Name
	c.Footer = a.Org.Name
	if a.Org.Phone != "" {
		c.Footer += " · " + phone.Format(a.Org.Phone)
	}
	with.Kind, with.To, with.Sender, with.ReplyTo, with.Content = kind, to, a.Org.Name, a.Org.Email, c
	return m.Notify.Send(tx, with)
}

func (m Mailer) toCompany(tx *pg.OrgTx, a tenancy.Actor, kind string, to []string, c mail.Content, with notify.Mail) error {
	for _, address := range to {
		with.Kind, with.To, with.Sender, with.Content = kind, address, "Fence Platform", c
		if err := m.Notify.Send(tx, with); err != nil {
			return err
		}
	}
	return nil
}

func (m Mailer) openQuote(a tenancy.Actor, f quoting.MailFacts) *mail.Button {
	return &mail.Button{Label: "Open the quote", URL: m.Notify.Site.Of(a.Org.Slug, "/quotes/"+f.QuoteID.String())}
}

func from(a tenancy.Actor) string {
	if a.Name == "" {
		return ""
	}
	return " from " + a.Name + " of " + a.Org.Name
}

func version(f quoting.MailFacts) string {
	if f.N > 1 {
		return fmt.Sprintf("%s, version %d", f.Number, f.N)
	}
	return f.Number
}

func deadline(at time.Time, zone *time.Location) string {
	// The instant is the end of the last day: the day before it is the one to name.
	return at.Add(-time.Second).In(zone).Format("Mon, Jan 2, 2006") + ", midnight"
}

func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}

func orCustomer(q quoting.DeclinedMail) string {
	if q.Name != "" {
		return q.Name
	}
	return q.CustomerName
}
