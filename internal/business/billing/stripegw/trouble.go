package stripegw

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/stripe/stripe-go/v85"

	"fenceplatform.com/fence/internal/business/billing"
)

// trouble says what went wrong. What Stripe refused it has not done; of all else nobody knows.
func trouble(what string, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*stripe.Error](err); ok && e.HTTPStatusCode >= 400 && e.HTTPStatusCode < 500 &&
		e.HTTPStatusCode != http.StatusConflict && e.HTTPStatusCode != http.StatusTooManyRequests && e.HTTPStatusCode != http.StatusRequestTimeout {
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, billing.ErrUnclear, err)
}
