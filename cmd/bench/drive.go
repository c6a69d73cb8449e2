package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// drive sends requests over connections that stay open, one at a time on each, until the time is over. Any answer
// but the expected one ends it. The client speaks just enough HTTP/1.1 to leave the processors to the server.
func drive(ctx context.Context, address string, next request, during time.Duration) (result, error) {
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	took := make([][]time.Duration, connections)
	for i := range connections {
		group.Go(func() (err error) {
			took[i], err = driveOne(ctx, address, next, began.Add(during))
			return err
		})
	}
	err := group.Wait()
	elapsed := time.Since(began)
	all := slices.Concat(took...)
	if err == nil && len(all) == 0 {
		err = errors.New("no request was answered in time")
	}
	if err != nil {
		return result{}, err
	}
	slices.Sort(all)
	return result{count: len(all), perSecond: float64(len(all)) / elapsed.Seconds(), p50: all[len(all)/2], p99: all[len(all)*99/100]}, nil
}

func driveOne(ctx context.Context, address string, next request, until time.Time) ([]time.Duration, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })() // ends a read under way
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	in := bufio.NewReaderSize(conn, 64<<10)
	took := make([]time.Duration, 0, 1<<16)
	var out []byte
	for {
		began := time.Now()
		if began.After(until) {
			return took, nil
		}
		var want int
		out, want = next(out[:0], random)
		if _, err := conn.Write(out); err != nil {
			return nil, err
		}
		if err := readAnswer(in, want); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
}

// readAnswer reads one answer whole.
func readAnswer(in *bufio.Reader, want int) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if len(line) < len("HTTP/1.1 200") {
		return fmt.Errorf("answer begins with %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return fmt.Errorf("answer begins with %q", line)
	}
	length := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= len("\r\n") {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		if string(name) == "Content-Length" {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if status != want {
		body, _ := in.Peek(min(max(length, 0), in.Size())) // for the message only
		return fmt.Errorf("got status %d, want %d: %s", status, want, body)
	}
	if length < 0 {
		return errors.New("the answer has no Content-Length")
	}
	_, err = in.Discard(length)
	return err
}
