"""The penalty losses: elastic_net, group_lasso, l1_penalty, l2_penalty, lasso_regression, logistic_ridge, ridge_regression.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: a646d90b426923cafd060c519fd2d461868bb027fdb2ae4ccf7b4edc8cc9e811
