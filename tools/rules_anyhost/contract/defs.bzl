"""Public rules for contracts: WIT packages whose cases every host is tested with."""

load("//contract/private:contract.bzl", _contract = "contract")
load("//contract/private:contract_cases.bzl", _contract_cases = "contract_cases")

contract = _contract
contract_cases = _contract_cases
