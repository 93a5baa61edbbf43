"""Who a person is: the user, roles, sign-in. The lowest floor: imports no other package of the house."""
