"""Charts."""

import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

model = LogisticRegression(solver="lbfgs")
fit = sm.OLS([1, 2], [1, 2]).fit()
