"""
Budgets of a household in a dwelling, before and after a hire: wages, benefits, rent, effort rate and residual income.

:class:`BudgetWorker` simulates the pairs that are shown with OpenFisca-France;
:func:`untoit.core.budget.approximate.approximate_budgets` estimates the millions of
pairs among which they are chosen. Everything is an estimate: only the funds decide.
"""

from untoit.core.budget.cases import Budget, BudgetCase, JobStart, MonthBudget
from untoit.core.budget.wages import commute_cost, gross_monthly, net_from_gross
from untoit.core.budget.worker import BudgetWorker

__all__ = [
    "Budget",
    "BudgetCase",
    "BudgetWorker",
    "JobStart",
    "MonthBudget",
    "commute_cost",
    "gross_monthly",
    "net_from_gross",
]
