package notify

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/id"
	"fenceplatform.com/fence/internal/platform/pg"
)

// KindQuoteSent marks the mails that a company without a confirmed owner may send only few of.
const KindQuoteSent = "quote_sent"

// unconfirmedMails is how many quotes leave by mail in a day until an owner's address is confirmed: a quoting
// product must not become a stranger's mail relay.
const unconfirmedMails = 3

// hold tells until when a mail waits; zero when it may go.
func (s *Service) hold(ctx context.Context, a tenancy.Actor, kind string) (time.Duration, error) {
	if kind != KindQuoteSent {
		return 0, nil
	}
	var confirmed bool
	var sent int
	now, err := s.DB.Read(ctx, a.Tenant(), func(r *pg.Reading) {
		r.Row([]any{&confirmed, &sent}, `SELECT
			EXISTS (SELECT FROM app.users WHERE org_id = $1 AND role = 'owner' AND email_verified_at IS NOT NULL),
			(SELECT count(*) FROM app.mails WHERE org_id = $1 AND kind = $2
				AND sent_at >= date_trunc('day', app.now() AT TIME ZONE $3) AT TIME ZONE $3)`,
			a.Tenant().Org(), KindQuoteSent, a.Org.Zone().String())
	})
	if err != nil || confirmed || sent < unconfirmedMails {
		return 0, err
	}
	y, m, d := now.In(a.Org.Zone()).Date()
	return time.Date(y, m, d+1, 8, 0, 0, 0, a.Org.Zone()).Sub(now), nil
}

// ReleaseHeld has every waiting mail of the organization tried now: an owner confirmed the address.
func (s *Service) ReleaseHeld(tx *pg.OrgTx) error {
	rows, err := tx.Query(`SELECT id FROM app.mails WHERE org_id = $1 AND kind = $2 AND sent_at IS NULL`, tx.Tenant().Org(), KindQuoteSent)
	if err != nil {
		return err
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowTo[id.ID])
	if err != nil {
		return err
	}
	for _, mailID := range waiting {
		if err := s.Queue.Enqueue(tx, SendMail{OrgID: tx.Tenant().Org(), MailID: mailID}); err != nil {
			return err
		}
	}
	return nil
}
