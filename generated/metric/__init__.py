"""The metric losses: circle, contrastive, cosine_embedding, info_nce, list_mle, listnet, margin_ranking, multi_margin, multiclass_hinge, n_pairs, nt_xent, pairwise_logistic, squared_triplet, supervised_contrastive, triplet.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: b1dc54ea9f07c8c3165237e1245c44cbd258422759a13d61793747c0ae58d993
