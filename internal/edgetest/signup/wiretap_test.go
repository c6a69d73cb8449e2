package signup

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// wiretap stands between the product and its database and counts how often an answer is waited for.
type wiretap struct {
	dir   string
	trips atomic.Int64
}

func newWiretap(t *testing.T) *wiretap {
	t.Helper()
	dir, err := os.MkdirTemp("", "tap") // short: the path of a socket has an end
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // sockets only
	return &wiretap{dir: dir}
}

var socketFolder = regexp.MustCompile(`host=(\S+)`)

// through is the database's address by way of the tap.
func (w *wiretap) through(t *testing.T, database string) string {
	t.Helper()
	found := socketFolder.FindStringSubmatch(database)
	if found == nil {
		t.Fatalf("%s names no socket", database)
	}
	const socket = ".s.PGSQL.5432"
	behind := filepath.Join(found[1], socket)
	l, err := net.Listen("unix", filepath.Join(w.dir, socket))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() }) // the product is gone by then
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.relay(c, behind)
		}
	}()
	return strings.Replace(database, found[0], "host="+w.dir, 1)
}

func (w *wiretap) relay(c net.Conn, behind string) {
	defer c.Close()
	server, err := net.Dial("unix", behind)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(c, server) }() // until either is gone
	var n notices
	head := make([]byte, 5)
	for message := head[1:]; ; message = head { // the first message has no kind
		if _, err := io.ReadFull(c, message); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		tried := head[0] == 'Q' && bytes.HasPrefix(body, []byte("-- ping")) // a connection that rested for a second is tried first
		notice := n.ends(head[0], body)
		if head[0] == 'S' && !notice || head[0] == 'Q' && !tried {
			w.trips.Add(1)
		}
		if _, err := server.Write(append(append([]byte{}, message...), body...)); err != nil {
			return
		}
	}
}

// notices finds trips that only wake the workers up. The queue makes one when it has made none for a moment, whatever
// was asked: how many there are tells of the machine and of nobody's address.
type notices struct {
	names        map[string]bool // of prepared statements
	noted, other bool            // in this trip
}

// ends takes the next message and tells whether it ends such a trip.
func (n *notices) ends(kind byte, body []byte) bool {
	switch kind {
	case 'P':
		parts := bytes.SplitN(body, []byte{0}, 3) // a name, a statement
		wakes := bytes.HasPrefix(parts[1], []byte("-- name: PGNotifyMany "))
		if n.names == nil {
			n.names = map[string]bool{}
		}
		n.names[string(parts[0])] = wakes
		n.noted, n.other = n.noted || wakes, n.other || !wakes
	case 'B':
		parts := bytes.SplitN(body, []byte{0}, 3) // a portal, a name
		wakes := n.names[string(parts[1])]
		n.noted, n.other = n.noted || wakes, n.other || !wakes
	case 'S':
		alone := n.noted && !n.other
		n.noted, n.other = false, false
		return alone
	}
	return false
}
