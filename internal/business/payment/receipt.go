package payment

import (
	"strings"

	"fenceplatform.com/fence/internal/business/notify"
	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/phone"
)

// payer is who pays, and for what.
type payer struct {
	CustomerName string
	Email        string // of the customer, else of the link that was signed by
	QuoteNumber  string
	Place        string
}

func findPayer(tx *pg.OrgTx, l *Ledger) (p payer, err error) {
	err = tx.QueryRow(`SELECT c.name, coalesce(nullif(c.email, ''), k.recipient_email, ''), q.number, p.street
		FROM app.acceptances a
		JOIN app.quotes q ON q.org_id = a.org_id AND q.id = a.quote_id
		JOIN app.customers c ON c.org_id = a.org_id AND c.id = q.customer_id
		JOIN app.properties p ON p.org_id = a.org_id AND p.id = q.property_id
		LEFT JOIN app.quote_links k ON k.org_id = a.org_id AND k.id = a.link_id
		WHERE a.org_id = $1 AND a.id = $2`, tx.Tenant().Org(), l.AcceptanceID).Scan(&p.CustomerName, &p.Email, &p.QuoteNumber, &p.Place)
	return p, err
}

// sendReceipt mails the homeowner that money came. Who has no address cannot be promised a receipt.
func (s *Service) sendReceipt(tx *pg.OrgTx, a tenancy.Actor, l *Ledger, e Entry) error {
	p, err := findPayer(tx, l)
	if err != nil {
		return err
	}
	if p.Email == "" {
		return fault.InvalidField("/receipt", "%s has no e-mail address. Add one to the customer, or leave the receipt out.", p.CustomerName)
	}
	return s.mailReceipt(tx, a, p, l, e)
}

func (s *Service) mailReceipt(tx *pg.OrgTx, a tenancy.Actor, p payer, l *Ledger, e Entry) error {
	first, _, _ := strings.Cut(p.CustomerName, " ")
	c := mail.Content{
		Subject:  "Receipt: " + a.Org.Name + " received " + e.AmountCents.String(),
		Heading:  a.Org.Name,
		Sentence: "Thank you, " + first + ". We received your payment for the fence at " + p.Place + ".",
		Facts: []mail.Fact{
			{Name: "Received", Value: e.AmountCents.String()}, {Name: "By", Value: e.Method.Words()}, {Name: "On", Value: e.Day.Format("Mon, Jan 2, 2006")},
			{Name: "Quote", Value: p.QuoteNumber}, {Name: "Agreed", Value: l.AgreedCents.String()}, {Name: "Paid so far", Value: l.ReceivedCents.String()},
			{Name: "Left to pay", Value: l.Balance().String()},
		},
		Note:   "If this is not right, answer this mail.",
		Footer: a.Org.Name,
	}
	if e.Reference != "" {
		c.Facts[1].Value += " " + e.Reference
	}
	if a.Org.Phone != "" {
		c.Footer += " · " + phone.Format(a.Org.Phone)
	}
	return s.Notify.Send(tx, notify.Mail{Kind: "payment_receipt", To: p.Email, Sender: a.Org.Name, ReplyTo: a.Org.Email, Content: c})
}
