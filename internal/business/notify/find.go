package notify

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/mail"
)

// FoundCompany is a company that an address works in.
type FoundCompany struct {
	Name string
	Host string // its part of the address: "acme"
}

// Companies mails somebody the addresses of the companies they work in. It belongs to none of them, so it is
// kept nowhere; sent again it has the same Message-ID.
func (s *Service) Companies(ctx context.Context, mailID id.ID, to string, found []FoundCompany, at time.Time) error {
	c := mail.Content{
		Subject: "Your companies on " + platformName, Heading: platformName,
		Sentence: "You asked where you log in. This address works in:",
		Note:     "If it was not you, do nothing: nobody was told anything.",
	}
	for _, f := range found {
		c.Facts = append(c.Facts, mail.Fact{Name: f.Name, Value: s.Site.Of(f.Host, "/login")})
	}
	html, err := c.HTML()
	if err != nil {
		return err
	}
	return s.Deliver.Deliver(ctx, mail.Message{
		ID: mailID.String(), FromName: platformName, From: s.From, To: to, Subject: c.Subject, Plain: c.Plain(), HTML: html, At: at, MessageAt: s.Site.Base(),
	})
}
