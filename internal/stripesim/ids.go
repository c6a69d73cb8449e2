package stripesim

import (
	"crypto/sha256"
	"encoding/binary"
)

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// names deals ids. Each kind counts for itself, so that one object more of a kind moves no id of another.
type names struct {
	seed  uint64
	dealt map[string]uint64
}

func newNames(seed uint64) *names { return &names{seed: seed, dealt: map[string]uint64{}} }

// next is the next id of a kind: "cus_" and letters that the seed gives.
func (n *names) next(kind string) string { return kind + "_" + n.text(kind, 24) }

// secret is text that opens something.
func (n *names) secret(kind string) string { return n.text("secret "+kind, 32) }

func (n *names) text(kind string, length int) string {
	n.dealt[kind]++
	sum := digest(n.seed, kind, n.dealt[kind])
	out := make([]byte, length)
	for i := range out {
		out[i] = letters[int(sum[i])%len(letters)]
	}
	return string(out)
}

// digest is what chance is made of: the same for the same seed, purpose and number, and independent of everything else.
func digest(seed uint64, purpose string, n uint64) [sha256.Size]byte {
	var head [16]byte
	binary.BigEndian.PutUint64(head[:8], seed)
	binary.BigEndian.PutUint64(head[8:], n)
	return sha256.Sum256(append(head[:], purpose...))
}

// draw is a number in [0, 1) that the seed gives for a purpose.
func draw(seed uint64, purpose string, n uint64) float64 {
	sum := digest(seed, purpose, n)
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}
