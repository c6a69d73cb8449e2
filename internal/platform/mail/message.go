package mail

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is one mail to one address.
type Message struct {
	ID        string // names the mail for good: its Message-ID and its file in the outbox
	FromName  string
	From      string
	ReplyTo   string
	To        string
	Subject   string
	Plain     string
	HTML      string
	At        time.Time
	Attached  []byte
	AttachAs  string
	MessageAt string // the host that Message-IDs end in
}

// Deliverer hands a message over. Delivering the same message again is harmless.
type Deliverer interface {
	Deliver(ctx context.Context, m Message) error
}

func (m Message) build() (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.FromFormat(m.FromName, m.From); err != nil {
		return nil, fmt.Errorf("sender of mail: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("recipient of mail: %w", err)
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(m.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply address of mail: %w", err)
		}
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.ID + "@" + m.MessageAt)
	msg.SetBodyString(gomail.TypeTextPlain, m.Plain)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	if len(m.Attached) > 0 {
		if err := msg.AttachReader(m.AttachAs, bytes.NewReader(m.Attached)); err != nil {
			return nil, fmt.Errorf("attach to mail: %w", err)
		}
	}
	return msg, nil
}

// SMTP delivers to a server.
type SMTP struct {
	Host     string
	Port     int
	User     string
	Password string
	Insecure bool // no TLS: a server on this machine
}

// Deliver implements Deliverer.
func (s SMTP) Deliver(ctx context.Context, m Message) error {
	msg, err := m.build()
	if err != nil {
		return err
	}
	options := []gomail.Option{gomail.WithPort(s.Port), gomail.WithTimeout(20 * time.Second)}
	if s.Insecure {
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	} else {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		return fmt.Errorf("deliver mail: %w", err)
	}
	return nil
}

// Outbox is a folder with one file for each mail, for machines without a mail server.
type Outbox struct{ Dir string }

// Deliver implements Deliverer: the file appears whole or not at all, and once.
func (o Outbox) Deliver(_ context.Context, m Message) error {
	msg, err := m.build()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	f, err := os.CreateTemp(o.Dir, ".writing-*")
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b.Bytes()); err != nil {
		f.Close()
		return fmt.Errorf("outbox: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return os.Rename(f.Name(), filepath.Join(o.Dir, m.ID+".eml"))
}

// Files lists the mails of the outbox, newest first (their names begin with their time).
func (o Outbox) Files() ([]string, error) {
	entries, err := os.ReadDir(o.Dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("outbox: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".eml") {
			names = append(names, e.Name())
		}
	}
	sort.Sort(sort.Reverse(sort.StringSlice(names)))
	return names, nil
}
