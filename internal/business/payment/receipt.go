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
	received := "Payment received"
	if l.wasDeposit(e) {
		received = "Deposit received"
	}
	c := mail.Content{
		Subject:  received + ": " + e.AmountCents.String(),
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
	return s.Notify.Send(tx, notify.Mail{Kind: notify.KindReceipt, To: p.Email, Sender: a.Org.Name, ReplyTo: a.Org.Email, Content: c})
}

// mailCompany tells the company what came online, or what a bank took back: its address, else an owner's.
func (s *Service) mailCompany(tx *pg.OrgTx, a tenancy.Actor, p payer, l *Ledger, e Entry) error {
	to := a.Org.Email
	if to == "" {
		if err := tx.QueryRow(`SELECT coalesce((SELECT email FROM app.users WHERE org_id = $1 AND role = 'owner' AND deactivated_at IS NULL ORDER BY id LIMIT 1), '')`,
			tx.Tenant().Org()).Scan(&to); err != nil || to == "" {
			return err
		}
	}
	subject := p.CustomerName + " paid " + e.AmountCents.String()
	sentence := p.CustomerName + " paid online for " + p.Place + ". The money is on its way to your Stripe account."
	switch e.Kind {
	case Dispute:
		subject = "Disputed: " + p.CustomerName + "'s bank took back " + e.AmountCents.String()
		sentence = "The bank of " + p.CustomerName + " disputes a payment for " + p.Place + ". Answer it in your Stripe dashboard before its last day."
	case Reinstatement:
		subject = "Returned: " + e.AmountCents.String() + " of the dispute with " + p.CustomerName
		sentence = "The bank of " + p.CustomerName + " returned what it had taken back."
	}
	return s.Notify.Send(tx, notify.Mail{Kind: "payment_company", To: to, Sender: "Fence Platform", Content: mail.Content{
		Subject: subject, Heading: a.Org.Name, Sentence: sentence,
		Facts: []mail.Fact{{Name: "Quote", Value: p.QuoteNumber}, {Name: "Amount", Value: e.AmountCents.String()}, {Name: "Received so far", Value: l.ReceivedCents.String()},
			{Name: "Left to pay", Value: l.Balance().String()}},
		Button: &mail.Button{Label: "Open the payment", URL: s.Notify.Site.Of(a.Org.Slug, "/payments/"+e.ID.String())},
	}})
}
