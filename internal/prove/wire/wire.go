// Package wire stands on the line between the product and PostgreSQL.
//
// Owns: a proxy on a socket of its own that can send a connection to another database, change the text of a
// statement on its way, tell which statements ran, and cut the line.
// Does not own: which statements are changed (mutants), when the line is cut (the chaos of prove).
//
// So the product is tried as it is built: a forgotten `org_id = $1` is made on the wire, not in the source.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
)

// socketName is what every client of PostgreSQL looks for in a folder.
const socketName = ".s.PGSQL.5432"

// Proxy carries connections to PostgreSQL. Make one with Listen.
type Proxy struct {
	dir, upstream string
	listener      net.Listener

	database atomic.Pointer[string]
	change   atomic.Pointer[func(string) string]
	heard    atomic.Pointer[func(string)]

	mu     sync.Mutex
	open   map[*line]bool
	ended  bool
	serves sync.WaitGroup
}

// line is one connection with its other half.
type line struct {
	client, server net.Conn
	names          map[string]string // text by the name of the prepared statement, as the product wrote it
}

// Listen takes connections in dir and carries them to the server whose socket lies in upstream.
func Listen(dir, upstream string) (*Proxy, error) {
	l, err := net.Listen("unix", filepath.Join(dir, socketName))
	if err != nil {
		return nil, err
	}
	p := &Proxy{dir: dir, upstream: upstream, listener: l, open: map[*line]bool{}}
	p.serves.Go(p.accept)
	return p, nil
}

// URL is how a role reaches the database through the proxy.
func (p *Proxy) URL(role string) string {
	return fmt.Sprintf("host=%s user=%s dbname=pointed", p.dir, role)
}

// Point sends new connections to a database, and ends those that there are.
func (p *Proxy) Point(database string) {
	p.database.Store(&database)
	p.Cut()
}

// Change has every statement go through change on its way; nil leaves them as they are. Connections that prepared
// statements before are ended.
func (p *Proxy) Change(change func(sql string) string) {
	if change == nil {
		p.change.Store(nil)
	} else {
		p.change.Store(&change)
	}
	p.Cut()
}

// Hear has heard told of every statement that runs, as the product wrote it; nil stops that.
func (p *Proxy) Hear(heard func(sql string)) {
	if heard == nil {
		p.heard.Store(nil)
		return
	}
	p.heard.Store(&heard)
}

// Cut ends every connection, in whatever it is doing.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.open {
		l.end()
	}
}

// Close ends everything and waits for it.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	err := p.listener.Close()
	p.Cut()
	p.serves.Wait()
	return err
}

func (l *line) end() {
	_ = l.client.Close() // it may be closed already
	_ = l.server.Close()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.serves.Go(func() { p.carry(client) })
	}
}

// carry is one connection from beginning to end.
func (p *Proxy) carry(client net.Conn) {
	server, err := net.Dial("unix", filepath.Join(p.upstream, socketName))
	if err != nil {
		_ = client.Close()
		return
	}
	l := &line{client: client, server: server, names: map[string]string{}}
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		l.end()
		return
	}
	p.open[l] = true
	p.mu.Unlock()
	defer func() {
		l.end()
		p.mu.Lock()
		delete(p.open, l)
		p.mu.Unlock()
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(client, server) // ends with the connection
		l.end()
	}()
	if p.greet(l) == nil {
		for p.forward(l) == nil {
		}
	}
	l.end()
	<-done
}

// greet carries the first message, which names the database.
func (p *Proxy) greet(l *line) error {
	var head [4]byte
	if _, err := io.ReadFull(l.client, head[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n < 8 || n > 10_000 {
		return errors.New("no first message of PostgreSQL")
	}
	body := make([]byte, n-4)
	if _, err := io.ReadFull(l.client, body); err != nil {
		return err
	}
	const versionThree = 3 << 16
	if binary.BigEndian.Uint32(body) == versionThree {
		body = p.redirect(body)
	}
	return write(l.server, nil, body)
}

// redirect names another database in a first message: pairs of texts, each ended by a zero.
func (p *Proxy) redirect(body []byte) []byte {
	to := p.database.Load()
	if to == nil {
		return body
	}
	fields := strings.Split(strings.TrimRight(string(body[4:]), "\x00"), "\x00")
	out := append([]byte{}, body[:4]...)
	for i := 0; i+1 < len(fields); i += 2 {
		value := fields[i+1]
		if fields[i] == "database" {
			value = *to
		}
		out = append(out, fields[i]+"\x00"+value+"\x00"...)
	}
	return append(out, 0)
}

// forward carries one message of the product.
func (p *Proxy) forward(l *line) error {
	var head [5]byte
	if _, err := io.ReadFull(l.client, head[:]); err != nil {
		return err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
	if _, err := io.ReadFull(l.client, body); err != nil {
		return err
	}
	switch head[0] {
	case 'P': // Parse: name, text, types
		name, rest := text(body)
		sql, types := text(rest)
		l.names[name] = sql
		body = append([]byte(name+"\x00"+p.changed(sql)+"\x00"), types...)
	case 'B': // Bind: portal, name
		_, rest := text(body)
		name, _ := text(rest)
		p.tell(l.names[name])
	case 'Q':
		sql, _ := text(body)
		p.tell(sql)
		body = append([]byte(p.changed(sql)), 0)
	}
	return write(l.server, head[:1], body)
}

func (p *Proxy) changed(sql string) string {
	if change := p.change.Load(); change != nil {
		return (*change)(sql)
	}
	return sql
}

func (p *Proxy) tell(sql string) {
	if heard := p.heard.Load(); heard != nil {
		(*heard)(sql)
	}
}

func text(b []byte) (string, []byte) {
	before, after, _ := strings.Cut(string(b), "\x00")
	return before, []byte(after)
}

func write(to io.Writer, kind, body []byte) error {
	message := append([]byte{}, kind...)
	message = binary.BigEndian.AppendUint32(message, uint32(len(body)+4))
	_, err := to.Write(append(message, body...))
	return err
}
