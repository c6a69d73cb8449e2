package console

import (
	"context"
	"strings"
	"sync"
	"time"
	"unicode"

	"fenceplatform.com/fence/internal/business/operator"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// Notice is one sentence that everybody who works in a company reads on every page, until a date.
type Notice struct {
	ID     id.ID
	Text   string
	Until  time.Time
	MadeBy string
	MadeAt time.Time
}

// NoticeInput is what is to be said, and until when.
type NoticeInput struct {
	Text  string
	Until time.Time
	By    operator.Doer
}

// longestNotice is how long a notice may stand: longer ones are read by nobody.
const longestNotice = 31 * 24 * time.Hour

func (in *NoticeInput) clean(now time.Time) error {
	var p fault.Problems
	in.Text = strings.Join(strings.Fields(in.Text), " ")
	if n := len([]rune(in.Text)); n < 10 || n > 200 {
		p.Add("/text", "Say it in one sentence of 10 to 200 characters.")
	} else if strings.ContainsFunc(in.Text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
		p.Add("/text", "This has hidden characters.")
	}
	if !in.Until.After(now) || in.Until.Sub(now) > longestNotice {
		p.Add("/until", "Choose a time to come, within a month.")
	}
	return p.Err()
}

// Announce shows a notice instead of the one before.
func (s *Service) Announce(ctx context.Context, in NoticeInput) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	if err := in.clean(now); err != nil {
		return err
	}
	facts, err := operator.Facts(map[string]any{"text": in.Text, "until": in.Until.UTC()})
	if err != nil {
		return err
	}
	err = pg.SystemExec(ctx, s.System, `
WITH former AS (UPDATE platform.notices n SET ended_at = platform.now() WHERE n.ended_at IS NULL RETURNING 1),
logged AS (INSERT INTO platform.operator_log (id, operator_id, by_name, action, facts, at) VALUES ($5, $6, $4, 'notice.shown', $7, platform.now()))
INSERT INTO platform.notices (id, text, until, made_by, made_at) SELECT $1, $2, $3, $4, platform.now() FROM (SELECT count(*) FROM former) AS first`,
		id.New(), in.Text, in.Until, in.By.Name, in.By.ActID(), in.By.OperatorID(), facts)
	if operator.Repeated(err) {
		return nil
	}
	if pg.Violates(err, "notices_one") {
		return fault.New(fault.Conflict, "announced-meanwhile", "Somebody else announced something a moment ago.")
	}
	return err
}

// EndNotice takes the notice away. Without one nothing happens.
func (s *Service) EndNotice(ctx context.Context, by operator.Doer) error {
	err := pg.SystemExec(ctx, s.System, `
WITH ended AS (UPDATE platform.notices n SET ended_at = platform.now() WHERE n.ended_at IS NULL AND n.until > platform.now() RETURNING n.text)
INSERT INTO platform.operator_log (id, operator_id, by_name, action, facts, at) SELECT $1, $2, $3, 'notice.ended', jsonb_build_object('text', e.text), platform.now() FROM ended e`,
		by.ActID(), by.OperatorID(), by.Name)
	if operator.Repeated(err) {
		return nil
	}
	return err
}

// Shown is the notice that stands now, and whether there is one.
func (s *Service) Shown(ctx context.Context) (Notice, bool, error) {
	found, err := pg.SystemRows[Notice](ctx, s.System, `SELECT n.id, n.text, n.until, n.made_by, n.made_at FROM platform.notices n WHERE n.ended_at IS NULL AND n.until > platform.now()`)
	if err != nil || len(found) == 0 {
		return Notice{}, false, err
	}
	return found[0], true, nil
}

// Board remembers the notice for a few seconds, so that it costs pages nothing.
type Board struct {
	console *Service

	mu    sync.Mutex
	text  string
	until time.Time
}

// NewBoard remembers what the console shows.
func NewBoard(s *Service) *Board { return &Board{console: s} }

// noticeAge is how old what pages show may be.
const noticeAge = 5 * time.Second

// Text is the sentence to show, or nothing. One page asks for all; while the database does not answer it stays what it was.
func (b *Board) Text(ctx context.Context) string {
	text, old := b.held()
	if !old {
		return text
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	n, _, err := b.console.Shown(ctx)
	if err != nil {
		return text
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = n.Text
	return b.text
}

// held is what is remembered, and whether the asking page is the one to look again.
func (b *Board) held() (text string, old bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if old = now.After(b.until); old {
		b.until = now.Add(noticeAge)
	}
	return b.text, old
}
