"""The generative losses: diffusion_min_snr, diffusion_noise, feature_reconstruction, gan_discriminator, gan_generator, gan_generator_minimax, gaussian_kl, gradient_penalty, gram_style, hinge_gan_discriminator, hinge_gan_generator, lpips, lsgan_discriminator, lsgan_generator, one_sided_gradient_penalty, perceptual, r1_penalty, v_prediction, vae_bernoulli, vae_gaussian, wasserstein_critic, wasserstein_generator.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 8344b8cf45fd8b47ceb7fc8815ca0a29c4ee2f528d7b121bb8ff9df03d2b6046
