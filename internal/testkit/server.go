package testkit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"fenceplatform.com/fence/internal/platform/pg/cluster"
)

// ServerVariable names the environment variable by which one server is shared by the packages of a test
// run: the socket folder of a PostgreSQL that lets this user in as any role. Without it every package
// starts a server of its own.
const ServerVariable = "FENCE_TEST_SERVER"

var server struct {
	own *cluster.Cluster
}

// Main runs a package's tests with a server. Call it from TestMain: os.Exit(testkit.Main(m)).
func Main(m *testing.M) int {
	stop, err := StartServer()
	if err != nil {
		fmt.Fprintln(os.Stderr, "testkit:", err)
		return 1
	}
	defer stop()
	return m.Run()
}

// StartServer starts the server of a test run, unless one is shared, and returns what stops it.
func StartServer() (stop func(), err error) {
	if os.Getenv(ServerVariable) != "" {
		return func() {}, nil
	}
	dir, err := os.MkdirTemp("", "fence-test-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	c, err := cluster.Start(context.Background(), cluster.Options{DataDir: dir, FastAndLoose: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	server.own = c
	return func() {
		if err := c.Stop(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "testkit: stop the server:", err)
		}
		_ = os.RemoveAll(dir) // a leftover folder under the system's temporary one
	}, nil
}

// SocketDir is the folder of the server's socket.
func SocketDir() string {
	if server.own != nil {
		return server.own.SocketDir()
	}
	return os.Getenv(ServerVariable)
}

func serverURL(role, database string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s", SocketDir(), role, database)
}

func superuserURL(database string) string { return serverURL(cluster.Superuser, database) }
