// Package redis opens connections to the Redis that processes share.
//
// Owns: the address, what is asked of a connection. Does not own: what is kept there (ratelimit/shared).
//
// Invariant: nothing that has to be kept lies in Redis. Whoever uses it goes on without it.
package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

// Parse reads an address: redis://user:password@host:port/0, rediss:// for TLS, unix:///run/redis.sock; further nodes of a
// cluster as ?addr=host:port.
func Parse(address string) (rueidis.ClientOption, error) {
	o, err := rueidis.ParseURL(address)
	if err != nil || o.InitAddress[0] == "" {
		// What was wrong with it may repeat the password.
		return o, errors.New("want redis://user:password@host:port, rediss:// or unix:///path")
	}
	// We ask scripts, and wait for none: a connection that is silent is given up, and a command is never sent twice.
	o.DisableCache, o.DisableRetry, o.AlwaysPipelining = true, true, true
	o.Dialer.Timeout, o.ConnWriteTimeout = time.Second, time.Second
	o.ReadBufferEachConn, o.WriteBufferEachConn = 32<<10, 32<<10
	o.ClientName = "fence"
	return o, nil
}

// Open connects. It fails when nothing answers.
func Open(o rueidis.ClientOption) (rueidis.Client, error) {
	c, err := rueidis.NewClient(o)
	if err != nil {
		return nil, fmt.Errorf("redis: %w", err)
	}
	return c, nil
}

// Version asks the server that answers at the address for its version.
func Version(ctx context.Context, address string) (string, error) {
	o, err := Parse(address)
	if err != nil {
		return "", err
	}
	c, err := Open(o)
	if err != nil {
		return "", err
	}
	defer c.Close()
	info, err := c.Do(ctx, c.B().Info().Section("server").Build()).ToString()
	if err != nil {
		return "", fmt.Errorf("redis: %w", err)
	}
	for line := range strings.Lines(info) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "redis_version:"); ok {
			return v, nil
		}
	}
	return "", errors.New("redis: the server does not say its version")
}
