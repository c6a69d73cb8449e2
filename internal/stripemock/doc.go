// Package stripemock holds what our adapters send to Stripe against Stripe's own description of its API, which the program
// stripe-mock knows. It is for tests.
//
// Owns: which requests are of one shape, the running of stripe-mock, the comparison. Does not own: what is sent (the
// adapters), which operations there are and where stripe-mock and Stripe differ (the test of each adapter).
//
// Words: a shape is an operation, whether it is on somebody's account, and the names of its parameters; an operation, a
// method and a path without what is of one object.
package stripemock
