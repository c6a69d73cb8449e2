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

// Verify walks the organization's chain up to its head and returns how many entries it has. The error names
// the first entry that does not fit.
func Verify(ctx context.Context, db *pg.DB, a tenancy.Actor) (int64, error) {
	if err := a.Require(tenancy.AuditRead); err != nil {
		return 0, err
	}
	// The head first: what is appended while we walk is behind it.
	var end head
	_, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		pg.One(r, &end, `SELECT seq, hash FROM app.audit_heads WHERE org_id = $1`, a.Tenant().Org())
	})
	if err != nil {
		return 0, err
	}
	var last head
	for last.Seq < end.Seq {
		var links []link
		_, err := db.Read(ctx, a.Tenant(), func(r *pg.Reading) {
			pg.All(r, &links, `SELECT seq, hash, at, record_type, record_id, content FROM app.audit_entries
				WHERE org_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT 1000`, a.Tenant().Org(), last.Seq, end.Seq)
		})
		if err != nil {
			return last.Seq, err
		}
		if len(links) == 0 {
			return last.Seq, fmt.Errorf("audit entries end at %d and the head is at %d", last.Seq, end.Seq)
		}
		for _, l := range links {
			if err := l.follows(last); err != nil {
				return last.Seq, err
			}
			last = l.head
		}
	}
	if !bytes.Equal(last.Hash, end.Hash) {
		return last.Seq, fmt.Errorf("audit entry %d is not the one that the head names", last.Seq)
	}
	return last.Seq, nil
}

func (l link) follows(last head) error {
	sum := sha256.Sum256(append(bytes.Clone(last.Hash), l.Content...))
	if l.Seq != last.Seq+1 || !bytes.Equal(sum[:], l.Hash) {
		return fmt.Errorf("audit entry %d does not follow entry %d", l.Seq, last.Seq)
	}
	var c content
	if err := json.Unmarshal([]byte(l.Content), &c); err != nil {
		return fmt.Errorf("audit entry %d: %w", l.Seq, err)
	}
	if !c.At.Equal(l.At) || c.RecordType != l.RecordType || c.RecordID != l.RecordID {
		return fmt.Errorf("audit entry %d is filed under another record or time than it tells of", l.Seq)
	}
	return nil
}
