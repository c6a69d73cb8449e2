package notify

import (
	"context"
	"time"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/halt"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/mail"
	"fenceplatform.com/fence/internal/platform/pg"
	"fenceplatform.com/fence/internal/platform/tasks"
)

// Service queues and delivers mails.
type Service struct {
	DB      *pg.DB
	Queue   *tasks.Queue
	Site    tenancy.Site
	From    string // the address that mails come from
	Deliver mail.Deliverer
}

// Mail is one mail to one address.
type Mail struct {
	Kind     string
	To       string
	Sender   string // shown before the address: the contractor's name, or ours
	ReplyTo  string
	Content  mail.Content
	Attached id.ID // a document that travels with it
}

// SendMail is the task that delivers one queued mail.
type SendMail struct {
	OrgID  id.ID `json:"org_id"`
	MailID id.ID `json:"mail_id"`
}

// Kind implements tasks.Args.
func (SendMail) Kind() string { return "send_mail" }

// Organization implements tasks.Args.
func (t SendMail) Organization() id.ID { return t.OrgID }

// Send queues the mail: it leaves when the transaction commits.
func (s *Service) Send(tx *pg.OrgTx, m Mail) error {
	html, err := m.Content.HTML()
	if err != nil {
		return err
	}
	var attached *id.ID
	if m.Attached != id.Nil {
		attached = &m.Attached
	}
	mailID := id.New()
	tx.AtCommit(pg.Plain, `INSERT INTO app.mails (org_id, id, kind, recipient, sender, reply_to, subject, plain, html, attached, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tx.Tenant().Org(), mailID, m.Kind, m.To, m.Sender, m.ReplyTo, m.Content.Subject, m.Content.Plain(), html, attached, tx.Now())
	return s.Queue.Enqueue(tx, SendMail{OrgID: tx.Tenant().Org(), MailID: mailID})
}

// Attachment reads a document that travels with a mail.
type Attachment func(ctx context.Context, a tenancy.Actor, document id.ID) (name string, content []byte, err error)

type queuedMail struct {
	ID        id.ID
	Kind      string
	Recipient string
	Sender    string
	ReplyTo   string
	Subject   string
	Plain     string
	HTML      string `db:"html"`
	Attached  *id.ID
	CreatedAt time.Time
	SentAt    *time.Time
}

// DeliverMail hands a queued mail over and empties it. A mail that was delivered before is left alone; one
// whose delivery was not noted is delivered again under the same Message-ID.
func (s *Service) DeliverMail(ctx context.Context, a tenancy.Actor, mailID id.ID, attachment Attachment) error {
	var m queuedMail
	asked, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &m, `SELECT id, kind, recipient, sender, reply_to, subject, plain, html, attached, created_at, sent_at
			FROM app.mails WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), mailID)
	})
	if err != nil || m.SentAt != nil {
		return err
	}
	wait, err := s.admit(ctx, a, mailID, m.Kind, asked)
	if err != nil {
		return err
	}
	if wait > 0 {
		return tasks.Later(wait)
	}
	out := mail.Message{
		ID: m.ID.String(), FromName: m.Sender, From: s.From, ReplyTo: m.ReplyTo, To: m.Recipient, Subject: m.Subject,
		Plain: m.Plain, HTML: m.HTML, At: m.CreatedAt, MessageAt: s.Site.Base(),
	}
	if m.Attached != nil {
		if out.AttachAs, out.Attached, err = attachment(ctx, a, *m.Attached); err != nil {
			return err
		}
	}
	halt.At(ctx, "mail/before-send")
	if err := s.Deliver.Deliver(ctx, out); err != nil {
		return err
	}
	halt.At(ctx, "mail/after-send")
	err = s.DB.InOrg(ctx, a.Tenant(), func(tx *pg.OrgTx) error {
		_, err := tx.Exec(`UPDATE app.mails SET sent_at = $3, held_until = NULL, held_for = '', plain = '', html = '' WHERE org_id = $1 AND id = $2`, a.Tenant().Org(), mailID, tx.Now())
		return err
	})
	halt.At(ctx, "mail/after-commit")
	return err
}
