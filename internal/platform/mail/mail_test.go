package mail_test

import (
	"bufio"
	"fmt"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fenceplatform.com/fence/internal/platform/mail"
)

func message() mail.Message {
	c := mail.Content{
		Subject: "Your quote", Heading: "Alpha & Sons", Sentence: "Your quote is ready: <look>.", Facts: []mail.Fact{{Name: "Total", Value: "$6,849.22"}},
		Button: &mail.Button{Label: "Open the quote", URL: "http://alpha.fence.localhost/q/abc?x=1&y=2"}, Note: "Reply to ask.", Footer: "TX-1001",
	}
	html, err := c.HTML()
	if err != nil {
		panic(err)
	}
	return mail.Message{
		ID: "0190-1", FromName: "Alpha & Sons", From: "mail@fence.localhost", ReplyTo: "office@alpha.example", To: "dana@home.example", Subject: c.Subject,
		Plain: c.Plain(), HTML: html, At: time.Date(2026, 1, 5, 15, 0, 0, 0, time.UTC), MessageAt: "fence.localhost",
	}
}

func TestContentSaysTheSameInBothForms(t *testing.T) {
	t.Parallel()
	m := message()
	for _, want := range []string{"Your quote is ready", "$6,849.22", "Reply to ask.", "TX-1001"} {
		if !strings.Contains(m.Plain, want) || !strings.Contains(m.HTML, want) {
			t.Errorf("%q is missing in the text or in the HTML", want)
		}
	}
	if strings.Contains(m.HTML, "<look>") || !strings.Contains(m.HTML, "&lt;look&gt;") {
		t.Error("what somebody typed became markup")
	}
	for _, foreign := range []string{"<img", "<script", "https://", "src="} {
		if strings.Contains(m.HTML, foreign) {
			t.Errorf("the HTML has %q: a mail loads nothing", foreign)
		}
	}
}

func TestOutboxHoldsEachMailOnce(t *testing.T) {
	t.Parallel()
	o := mail.Outbox{Dir: filepath.Join(t.TempDir(), "outbox")}
	if names, err := o.Files(); err != nil || len(names) != 0 {
		t.Errorf("before the first mail: %v, %v", names, err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := o.Deliver(t.Context(), message()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	names, err := o.Files()
	if err != nil || len(names) != 1 || names[0] != "0190-1.eml" {
		t.Fatalf("the outbox has %v, %v, want one file", names, err)
	}
	if left, err := os.ReadDir(o.Dir); err != nil || len(left) != 1 {
		t.Errorf("%d files lie there, %v, want no half ones", len(left), err)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, names[0]))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := netmail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Message-ID": "<0190-1@fence.localhost>", "Reply-To": "<office@alpha.example>", "To": "<dana@home.example>", "Subject": "Your quote", "Date": "Mon, 05 Jan 2026 15:00:00 +0000",
	} {
		if got := parsed.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// Nobody writes a header of ours with what they type.
func TestHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(*mail.Message){
		"subject":   func(m *mail.Message) { m.Subject = "Hi\r\nBcc: all@evil.example" },
		"sender":    func(m *mail.Message) { m.FromName = "Hi\r\nBcc: all@evil.example" },
		"recipient": func(m *mail.Message) { m.To = "dana@home.example\r\nBcc: all@evil.example" },
		"reply to":  func(m *mail.Message) { m.ReplyTo = "a@b.example\r\nBcc: all@evil.example" },
		"file name": func(m *mail.Message) { m.AttachAs, m.Attached = "a\"\r\nBcc: all@evil.example", []byte("x") },
	} {
		m := message()
		spoil(&m)
		o := mail.Outbox{Dir: t.TempDir()}
		if err := o.Deliver(t.Context(), m); err != nil {
			continue // refused is fine
		}
		text, err := os.ReadFile(filepath.Join(o.Dir, "0190-1.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "Bcc:") {
				t.Errorf("%s: wrote the header %q", what, line)
			}
		}
	}
}

// smtpServer takes mails and keeps what follows DATA.
func smtpServer(t *testing.T) (port int, received func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var mu sync.Mutex
	var got []string
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			text := converse(c)
			mu.Lock()
			got = append(got, text)
			mu.Unlock()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, func() []string { mu.Lock(); defer mu.Unlock(); return got }
}

func converse(c net.Conn) string {
	defer c.Close()
	var data strings.Builder
	in := bufio.NewScanner(c)
	say := func(text string) { _, _ = fmt.Fprintf(c, "%s\r\n", text) }
	say("220 test")
	for in.Scan() {
		switch verb, _, _ := strings.Cut(strings.ToUpper(in.Text()), " "); verb {
		case "DATA":
			say("354 go on")
			for in.Scan() && in.Text() != "." {
				data.WriteString(in.Text() + "\n")
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return data.String()
		default:
			say("250 fine")
		}
	}
	return data.String()
}

func TestSMTPRepeatKeepsItsMessageID(t *testing.T) {
	t.Parallel()
	port, received := smtpServer(t)
	s := mail.SMTP{Host: "127.0.0.1", Port: port, Insecure: true}
	for range 2 {
		if err := s.Deliver(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
	}
	got := received()
	if len(got) != 2 {
		t.Fatalf("%d mails arrived, want 2", len(got))
	}
	for n, text := range got {
		if strings.Count(text, "Message-ID: <0190-1@fence.localhost>") != 1 {
			t.Errorf("mail %d has another Message-ID:\n%s", n+1, text)
		}
	}
}

// Without a word to the contrary a mail goes over TLS or not at all.
func TestSMTPWithoutTLSIsRefused(t *testing.T) {
	t.Parallel()
	port, received := smtpServer(t)
	if err := (mail.SMTP{Host: "127.0.0.1", Port: port}).Deliver(t.Context(), message()); err == nil {
		t.Error("the mail left in the open")
	}
	for _, text := range received() {
		if text != "" {
			t.Errorf("the server got %q", text)
		}
	}
	if err := (mail.SMTP{Host: "127.0.0.1", Port: unused(t), Insecure: true}).Deliver(t.Context(), message()); err == nil || !strings.Contains(err.Error(), "deliver mail") {
		t.Errorf("a server that is not there: %v", err)
	}
}

func unused(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String()) // a listener's address is well formed
	n, _ := strconv.Atoi(port)
	return n
}
