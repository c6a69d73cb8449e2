package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"fenceplatform.com/fence/internal/business/billing/stripegw"
	"fenceplatform.com/fence/internal/business/payment/connectgw"
	"fenceplatform.com/fence/internal/platform/config"
)

type stripeCommand struct {
	Setup stripeSetupCommand `cmd:"" help:"Make products, prices, the portal's configuration and the webhook endpoint in a Stripe account. Safe twice."`
	Check stripeCheckCommand `cmd:"" help:"Compare a Stripe account with what is needed; the exit code is the number of differences."`
}

type stripeSetupCommand struct {
	settings
	Connect bool `help:"Make the webhook endpoint for companies' own accounts too, which their customers pay."`
}

// Run makes what is missing and says what it did.
func (c *stripeSetupCommand) Run(ctx context.Context, io *streams) error {
	secret, err := inAccount(ctx, io, &c.Settings, true)
	if secret != "" {
		fmt.Fprintf(io.Out, "\nThe endpoint's signing secret, shown this once, for FENCE_STRIPE_WEBHOOK_SECRETS:\n%s\n", secret)
	}
	if err != nil || !c.Connect {
		return err
	}
	address := strings.TrimSuffix(c.PublicURL, "/") + connectgw.WebhookPath
	secret, err = connectgw.New(stripegw.New(c.StripeKey, c.StripeAddress)).SetUpEndpoint(ctx, address, true)
	if secret != "" {
		fmt.Fprintf(io.Out, "\nmade  webhook endpoint of companies' accounts  %s\nIts signing secret, shown this once, for FENCE_STRIPE_CONNECT_WEBHOOK_SECRETS:\n%s\n", address, secret)
	}
	return err
}

type stripeCheckCommand struct{ settings }

// Run compares and changes nothing.
func (c *stripeCheckCommand) Run(ctx context.Context, io *streams) error {
	_, err := inAccount(ctx, io, &c.Settings, false)
	return err
}

// inAccount reads the settings without a check of them all: before the set-up there is no signing secret yet.
func inAccount(ctx context.Context, io *streams, s *config.Settings, apply bool) (secret string, err error) {
	if err := s.ReadFiles(os.LookupEnv); err != nil {
		return "", err
	}
	if s.StripeKey == "" {
		return "", errors.New("FENCE_STRIPE_SECRET_KEY: which account?")
	}
	address := strings.TrimSuffix(s.PublicURL, "/") + stripegw.WebhookPath
	found, secret, err := stripegw.New(s.StripeKey, s.StripeAddress).Setup(ctx, address, apply)
	w := tabwriter.NewWriter(io.Out, 0, 0, 2, ' ', 0)
	differences := 0
	for _, f := range found {
		if f.State == stripegw.Missing || f.State == stripegw.Different {
			differences++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.State, f.Thing, f.Detail)
	}
	if err := errors.Join(w.Flush(), err); err != nil {
		return secret, err
	}
	if differences > 0 {
		return secret, problems(differences)
	}
	return secret, nil
}
