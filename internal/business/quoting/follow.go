package quoting

import (
	"context"

	"fenceplatform.com/fence/internal/business/tenancy"
	"fenceplatform.com/fence/internal/platform/fault"
	"fenceplatform.com/fence/internal/platform/pg"
)

// maxFollowed bounds the links that one recipient can make of one version by pressing again and again.
const maxFollowed = 20

// FollowLink gives the recipient of a replaced version an address of the newest one, when it was sent to the same
// e-mail address. Tokens are kept as hashes, so that the one in his mail cannot be looked up: this makes another.
func (s *Service) FollowLink(ctx context.Context, a tenancy.Actor, token string) (OpenedLink, error) {
	v, err := s.visit(ctx, a, token)
	if err != nil {
		return OpenedLink{}, err
	}
	a = v.homeowner(a)
	return tenancy.OnceSecret(ctx, s.DB, a, "quotes.follow_link", request{v.quote, v.link}, func(tx *pg.OrgTx) (OpenedLink, error) {
		d, err := open(tx, v.quote)
		if err != nil {
			return OpenedLink{}, err
		}
		newest := d.held()
		if newest.N <= v.n {
			return OpenedLink{}, fault.New(fault.Conflict, "no-newer-version", "This is the newest version.")
		}
		var mailed, followed int
		err = tx.QueryRow(`SELECT count(*) FILTER (WHERE kind = 'mail'), count(*) FILTER (WHERE kind = 'copy') FROM app.quote_links
			WHERE org_id = $1 AND quote_id = $2 AND version_id = $3 AND lower(recipient_email) = lower($4)`,
			tx.Tenant().Org(), v.quote, newest.ID, v.email).Scan(&mailed, &followed)
		if err != nil {
			return OpenedLink{}, err
		}
		if v.email == "" || mailed == 0 {
			return OpenedLink{}, fault.New(fault.Conflict, "not-sent-to-you", "The new version went to other addresses. Ask for it.")
		}
		if followed >= maxFollowed {
			return OpenedLink{}, fault.New(fault.Conflict, "too-many-links", "Use the link in the mail about the new version.")
		}
		return s.link(tx, a, v.quote, newest.ID, "copy", Recipient{Name: v.name, Email: v.email})
	})
}
