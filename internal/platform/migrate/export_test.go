package migrate

import (
	"context"
	"log/slog"
)

// VerifyAsIfOld is Verify, or VerifyPrivate, of a server that says it is below the floor.
func VerifyAsIfOld(ctx context.Context, appURL string, private bool, log *slog.Logger) error {
	return verification{floor: func(int) string { return "PostgreSQL is too old: upgrade it" }, private: private, log: log}.run(ctx, appURL)
}
