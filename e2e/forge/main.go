// Command forge alters a signed quote and seals it again with a key of its own, as well as the product itself
// would: forge SIGNED.pdf FORGED.pdf PUBLIC-KEY. The browser tests show that nobody takes it for genuine.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"fenceplatform.com/fence/internal/business/quoting/document"
	"fenceplatform.com/fence/internal/ui/assets"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "use: forge SIGNED.pdf FORGED.pdf PUBLIC-KEY")
		os.Exit(2)
	}
	if err := forge(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "forge:", err)
		os.Exit(1)
	}
}

func forge(from, to, publicKey string) error {
	signed, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	trusted, err := base64.StdEncoding.DecodeString(strings.TrimSpace(publicKey))
	if err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	genuine, err := document.Verify(signed, trusted)
	if err != nil {
		return fmt.Errorf("the file to forge is not genuine: %w", err)
	}
	forged, err := sealAgain(genuine.Certificate)
	if err != nil {
		return err
	}
	return os.WriteFile(to, forged, 0o600)
}

// sealAgain makes a file that is right in itself: other terms, their own paper, hashes and seal.
func sealAgain(c document.Certificate) ([]byte, error) {
	fonts, err := faces()
	if err != nil {
		return nil, err
	}
	version, acceptance := c.Version, c.Acceptance
	version.Terms = "The balance is due when the customer likes it."
	sent, err := document.RenderQuote(version, fonts)
	if err != nil {
		return nil, err
	}
	if acceptance.VersionSHA256, err = version.Hash(); err != nil {
		return nil, err
	}
	hash := sha256.Sum256(sent)
	acceptance.SentPDFSHA256 = hex.EncodeToString(hash[:])
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	signed, _, err := document.Seal(document.Sealing{Key: key, Version: version, SentPDF: sent, Acceptance: acceptance, Fonts: fonts})
	return signed, err
}

func faces() (f document.Fonts, err error) {
	if err := assets.Load(); err != nil {
		return f, err
	}
	for weight, face := range map[int]*[]byte{400: &f.Regular, 600: &f.SemiBold, 700: &f.Bold} {
		if *face, err = assets.Font(weight); err != nil {
			return f, err
		}
	}
	return f, nil
}
