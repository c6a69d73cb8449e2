package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

type head struct {
	Seq  int64
	Hash []byte
}

// link is one entry of the chain, with the columns that are kept beside its content for look-ups.
type link struct {
	head
	At         time.Time
	RecordType string
	RecordID   id.ID
	Content    string
}

// chainEnd is where the chain says it ends, and where its entries do: one look, so that what is appended
// meanwhile is not taken for a forgery.
type chainEnd struct {
	head
	Last int64
}

// Verify walks the organization's chain up to its head and returns how many entries it has. The error names
// the first entry that does not fit.
func Verify(ctx context.Context, db *pg.DB, a tenancy.Actor) (int64, error) {
	if err := a.Require(tenancy.AuditRead); err != nil {
		return 0, err
	}
	end, err := readEnd(ctx, db, a)
	if err != nil {
		return 0, err
	}
	last, err := walk(ctx, db, a, head{}, end)
	return last.Seq, err
}

func readEnd(ctx context.Context, db *pg.DB, a tenancy.Actor) (end chainEnd, err error) {
	_, err = db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &end, `SELECT h.seq, h.hash, coalesce((SELECT max(e.seq) FROM app.audit_entries e WHERE e.org_id = $1), 0) AS last
			FROM app.audit_heads h WHERE h.org_id = $1`, a.Tenant().Org())
	})
	return end, err
}

// walk goes from one entry that is believed to the end and returns the last one that fits.
func walk(ctx context.Context, db *pg.DB, a tenancy.Actor, from head, end chainEnd) (head, error) {
	last := from
	for last.Seq < end.Seq {
		var links []link
		_, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
			pg.All(r, &links, `SELECT seq, hash, at, record_type, record_id, content FROM app.audit_entries
				WHERE org_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT 1000`, a.Tenant().Org(), last.Seq, end.Seq)
		})
		if err != nil {
			return last, err
		}
		if len(links) == 0 {
			return last, brokenChain{last.Seq + 1, fmt.Sprintf("audit entries end at %d and the head is at %d", last.Seq, end.Seq)}
		}
		for _, l := range links {
			if err := l.follows(last); err != nil {
				return last, err
			}
			last = l.head
		}
	}
	if !bytes.Equal(last.Hash, end.Hash) {
		return last, brokenChain{last.Seq, fmt.Sprintf("audit entry %d is not the one that the head names", last.Seq)}
	}
	if end.Last > end.Seq {
		return last, brokenChain{end.Seq + 1, fmt.Sprintf("audit entry %d stands behind the head at %d", end.Seq+1, end.Seq)}
	}
	return last, nil
}

// brokenChain says which entry is the first that does not fit.
type brokenChain struct {
	seq  int64
	says string
}

func (b brokenChain) Error() string { return b.says }

func (l link) follows(last head) error {
	sum := sha256.Sum256(append(bytes.Clone(last.Hash), l.Content...))
	if l.Seq != last.Seq+1 || !bytes.Equal(sum[:], l.Hash) {
		return brokenChain{last.Seq + 1, fmt.Sprintf("audit entry %d does not follow entry %d", l.Seq, last.Seq)}
	}
	var c content
	if err := json.Unmarshal([]byte(l.Content), &c); err != nil {
		return brokenChain{l.Seq, fmt.Sprintf("audit entry %d: %v", l.Seq, err)}
	}
	if !c.At.Equal(l.At) || c.RecordType != l.RecordType || c.RecordID != l.RecordID {
		return brokenChain{l.Seq, fmt.Sprintf("audit entry %d is filed under another record or time than it tells of", l.Seq)}
	}
	return nil
}
