package cli

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"fenceplatform.com/fence/internal/app"
	"fenceplatform.com/fence/internal/business/quoting/document"
)

type verifyCommand struct {
	settings
	File string   `arg:"" help:"The signed PDF."`
	Keys []string `name:"key" help:"Public key to trust: base64, or a file with it, as a platform shows at /.well-known/fence-seal-key. Default: this installation's own."`
}

// Run proves a signed quote offline: genuine, or what differs.
func (c *verifyCommand) Run(s *streams) error {
	file, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	keys, err := c.trusted()
	if err != nil {
		return err
	}
	r, err := document.Verify(file, keys...)
	if err != nil {
		fmt.Fprintln(s.Out, "NOT GENUINE")
		for _, d := range r.Differences {
			fmt.Fprintln(s.Out, "-", d)
		}
		return errors.New("this file is not what was signed")
	}
	fmt.Fprintf(s.Out, "GENUINE\nSealed with key %s\n", r.KeyID)
	return nil
}

func (c *verifyCommand) trusted() ([]ed25519.PublicKey, error) {
	if len(c.Keys) == 0 {
		conf, err := c.read()
		if err != nil {
			return nil, err
		}
		key, err := app.OwnSealKey(conf)
		if err != nil {
			return nil, fmt.Errorf("no key to trust: give --key (%w)", err)
		}
		return []ed25519.PublicKey{key}, nil
	}
	var keys []ed25519.PublicKey
	for _, text := range c.Keys {
		if b, err := os.ReadFile(text); err == nil {
			text = string(b)
		}
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(b) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("--key: want 32 bytes in base64, or a file with them")
		}
		keys = append(keys, b)
	}
	return keys, nil
}
