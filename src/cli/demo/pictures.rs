//! The pictures: one avatar for each person, two headers, three photographs of sorts.

use super::canvas::Canvas;

/// A picture by name; see [`draw`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    Lantern,
    Tomato,
    Book,
    Bicycle,
    Cup,
    Mountain,
    Fish,
    Moon,
    Loaf,
    Cat,
    Accordion,
    Kite,
    Flower,
    RoofsAtDusk,
    HillsByDay,
    BowlOnTheSill,
    FirstFrost,
    RepairTable,
}

/// Draws it: avatars 400 by 400, headers 1500 by 500, photographs 1200 by 800.
pub fn draw(picture: Picture) -> Canvas {
    let square = |top, bottom| Canvas::new(400, 400, top, bottom);
    let mut c;
    match picture {
        Picture::Lantern => {
            c = square(0x1b1530, 0x46325e);
            c.glow((0.5, 0.56), 0.48, 0xffc65a)
                .line((0.5, 0.1), (0.5, 0.24), 0.03, 0x120d20)
                .shape(&[(0.5, 0.2), (0.74, 0.38), (0.26, 0.38)], 0x120d20)
                .shape(
                    &[(0.3, 0.4), (0.7, 0.4), (0.64, 0.78), (0.36, 0.78)],
                    0xffd98a,
                )
                .shape(&[(0.5, 0.48), (0.575, 0.64), (0.425, 0.64)], 0xfffaf0)
                .disc((0.5, 0.64), 0.075, 0xfffaf0)
                .block((0.5, 0.81), (0.19, 0.035), 0.02, 0x120d20);
        }
        Picture::Tomato => {
            c = square(0xcfe6c8, 0x9fcf9a);
            c.disc((0.42, 0.57), 0.25, 0xd8412f)
                .disc((0.58, 0.57), 0.25, 0xd8412f)
                .disc((0.36, 0.5), 0.06, 0xf08a72)
                .shape(
                    &[
                        (0.5, 0.22),
                        (0.56, 0.34),
                        (0.72, 0.34),
                        (0.6, 0.42),
                        (0.64, 0.54),
                        (0.5, 0.45),
                        (0.36, 0.54),
                        (0.4, 0.42),
                        (0.28, 0.34),
                        (0.44, 0.34),
                    ],
                    0x2d6a3a,
                );
        }
        Picture::Book => {
            c = square(0xf3d9c4, 0xe3b79a);
            c.shape(
                &[(0.5, 0.32), (0.5, 0.76), (0.16, 0.68), (0.16, 0.24)],
                0x7a2f4b,
            )
            .shape(
                &[(0.5, 0.32), (0.5, 0.76), (0.84, 0.68), (0.84, 0.24)],
                0x93405e,
            )
            .shape(
                &[(0.5, 0.34), (0.5, 0.7), (0.2, 0.63), (0.2, 0.27)],
                0xfffaf0,
            )
            .shape(
                &[(0.5, 0.34), (0.5, 0.7), (0.8, 0.63), (0.8, 0.27)],
                0xf6ead8,
            )
            .line((0.26, 0.4), (0.44, 0.44), 0.018, 0xb8a48e)
            .line((0.26, 0.48), (0.44, 0.52), 0.018, 0xb8a48e)
            .line((0.56, 0.44), (0.74, 0.4), 0.018, 0xb8a48e)
            .line((0.56, 0.52), (0.7, 0.49), 0.018, 0xb8a48e);
        }
        Picture::Bicycle => {
            c = square(0xffe2a8, 0xf7b65b);
            for x in [0.28, 0.72] {
                c.ring((x, 0.62), 0.17, 0.035, 0x2b2338)
                    .disc((x, 0.62), 0.025, 0x2b2338);
            }
            c.line((0.28, 0.62), (0.42, 0.4), 0.03, 0xa3382c)
                .line((0.42, 0.4), (0.65, 0.4), 0.03, 0xa3382c)
                .line((0.65, 0.4), (0.5, 0.62), 0.03, 0xa3382c)
                .line((0.5, 0.62), (0.28, 0.62), 0.03, 0xa3382c)
                .line((0.42, 0.4), (0.5, 0.62), 0.03, 0xa3382c)
                .line((0.63, 0.3), (0.72, 0.62), 0.03, 0xa3382c)
                .line((0.63, 0.3), (0.73, 0.27), 0.035, 0x2b2338)
                .line((0.35, 0.36), (0.47, 0.36), 0.045, 0x2b2338);
        }
        Picture::Cup => {
            c = square(0x2f5d62, 0x1d3c40);
            c.ring((0.7, 0.56), 0.11, 0.045, 0xf3e3c8)
                .shape(
                    &[(0.24, 0.42), (0.7, 0.42), (0.63, 0.76), (0.31, 0.76)],
                    0xfff4de,
                )
                .block((0.47, 0.43), (0.22, 0.025), 0.02, 0x5a3320)
                .block((0.47, 0.81), (0.3, 0.025), 0.02, 0xf3e3c8)
                .line((0.38, 0.34), (0.42, 0.24), 0.022, 0x9fc7c4)
                .line((0.47, 0.34), (0.51, 0.2), 0.022, 0x9fc7c4)
                .line((0.56, 0.34), (0.6, 0.24), 0.022, 0x9fc7c4);
        }
        Picture::Mountain => {
            c = square(0xbfe0ef, 0xf7efe0);
            c.disc((0.72, 0.27), 0.1, 0xffd36a)
                .shape(&[(0.0, 0.86), (0.4, 0.26), (0.8, 0.86)], 0x4d5f86)
                .shape(
                    &[(0.4, 0.26), (0.5, 0.41), (0.4, 0.46), (0.3, 0.41)],
                    0xffffff,
                )
                .shape(&[(0.4, 0.92), (0.74, 0.46), (1.05, 0.92)], 0x6b7fa6)
                .hills(0.82, 0.02, 1.0, 0x3f7550);
        }
        Picture::Fish => {
            c = square(0x7cc4d8, 0x2c7da0);
            c.shape(&[(0.7, 0.5), (0.92, 0.32), (0.92, 0.68)], 0xe8703a)
                .disc((0.46, 0.5), 0.22, 0xf28c4b)
                .shape(&[(0.46, 0.28), (0.76, 0.5), (0.46, 0.72)], 0xf28c4b)
                .disc((0.36, 0.45), 0.045, 0xffffff)
                .disc((0.355, 0.45), 0.022, 0x1d2430)
                .ring((0.16, 0.28), 0.035, 0.012, 0xdff3f8)
                .ring((0.22, 0.17), 0.025, 0.012, 0xdff3f8);
        }
        Picture::Moon => {
            c = square(0x0f1b3d, 0x33406e);
            c.disc((0.47, 0.48), 0.27, 0xf8ecc4)
                .disc((0.58, 0.42), 0.24, 0x1c2850);
            for (x, y, r) in [(0.2, 0.22, 0.018), (0.8, 0.7, 0.022), (0.72, 0.2, 0.014)] {
                c.disc((x, y), r, 0xffffff);
            }
        }
        Picture::Loaf => {
            c = square(0xf7e7cf, 0xe9cf9f);
            c.disc((0.36, 0.46), 0.18, 0xa9652b)
                .disc((0.64, 0.46), 0.18, 0xa9652b)
                .block((0.5, 0.6), (0.3, 0.17), 0.06, 0xa9652b)
                .line((0.36, 0.38), (0.42, 0.5), 0.03, 0xe9c488)
                .line((0.49, 0.38), (0.55, 0.5), 0.03, 0xe9c488)
                .line((0.62, 0.38), (0.68, 0.5), 0.03, 0xe9c488);
        }
        Picture::Cat => {
            c = square(0xd9cdea, 0xb39bd0);
            c.shape(&[(0.24, 0.2), (0.46, 0.38), (0.24, 0.5)], 0x2b2338)
                .shape(&[(0.76, 0.2), (0.54, 0.38), (0.76, 0.5)], 0x2b2338)
                .disc((0.5, 0.56), 0.27, 0x2b2338)
                .disc((0.4, 0.52), 0.06, 0xf6c84c)
                .disc((0.6, 0.52), 0.06, 0xf6c84c)
                .block((0.4, 0.52), (0.012, 0.045), 0.012, 0x17101f)
                .block((0.6, 0.52), (0.012, 0.045), 0.012, 0x17101f)
                .shape(&[(0.47, 0.62), (0.53, 0.62), (0.5, 0.66)], 0xe59aa8);
        }
        Picture::Accordion => {
            c = square(0xf6cfcf, 0xe59a94);
            c.block((0.22, 0.5), (0.09, 0.26), 0.03, 0x8c1f2f).block(
                (0.78, 0.5),
                (0.09, 0.26),
                0.03,
                0x8c1f2f,
            );
            for (i, x) in [0.36, 0.43, 0.5, 0.57, 0.64].into_iter().enumerate() {
                let colour = if i % 2 == 0 { 0x2b2338 } else { 0xfff4de };
                c.block((x, 0.5), (0.04, 0.22), 0.01, colour);
            }
            for y in [0.36, 0.45, 0.54, 0.63] {
                c.disc((0.79, y), 0.022, 0xfff4de);
            }
        }
        Picture::Kite => {
            c = square(0xa7d8f0, 0xe6f4fa);
            c.shape(
                &[(0.58, 0.14), (0.8, 0.4), (0.48, 0.62), (0.36, 0.32)],
                0xdf4a5b,
            )
            .shape(&[(0.58, 0.14), (0.8, 0.4), (0.56, 0.36)], 0xf4a83c)
            .line((0.48, 0.62), (0.38, 0.74), 0.014, 0x374151)
            .line((0.38, 0.74), (0.42, 0.84), 0.014, 0x374151)
            .line((0.42, 0.84), (0.3, 0.94), 0.014, 0x374151)
            .disc((0.38, 0.74), 0.028, 0x3f8f6b)
            .disc((0.42, 0.84), 0.028, 0x5b3fa8);
        }
        Picture::Flower => {
            c = square(0xfdf0d5, 0xf5d9a8);
            c.line((0.5, 0.5), (0.5, 0.94), 0.03, 0x3f7550);
            for turn in 0..8 {
                let angle = turn as f32 * std::f32::consts::FRAC_PI_4;
                let centre = (0.5 + 0.17 * angle.cos(), 0.42 + 0.17 * angle.sin());
                c.disc(
                    centre,
                    0.085,
                    if turn % 2 == 0 { 0x5b3fa8 } else { 0x7757c8 },
                );
            }
            c.disc((0.5, 0.42), 0.1, 0xf6b73f);
        }
        Picture::RoofsAtDusk => {
            c = Canvas::new(1500, 500, 0x2a1f45, 0xe08a4f);
            c.glow((2.2, 0.85), 0.7, 0xffd27f);
            for (x, width, top) in [
                (0.1, 0.34, 0.6),
                (0.55, 0.42, 0.5),
                (1.05, 0.36, 0.64),
                (1.5, 0.46, 0.52),
                (2.05, 0.34, 0.62),
                (2.5, 0.48, 0.55),
            ] {
                c.shape(
                    &[
                        (x - 0.05, top + 0.16),
                        (x + width / 2.0, top - 0.1),
                        (x + width + 0.05, top + 0.16),
                    ],
                    0x191228,
                )
                .shape(
                    &[
                        (x, top + 0.12),
                        (x + width, top + 0.12),
                        (x + width, 1.0),
                        (x, 1.0),
                    ],
                    0x231936,
                )
                .block(
                    (x + width * 0.3, top + 0.26),
                    (0.035, 0.05),
                    0.005,
                    0xffca66,
                )
                .block(
                    (x + width * 0.7, top + 0.26),
                    (0.035, 0.05),
                    0.005,
                    0x4a3a5e,
                );
            }
        }
        Picture::HillsByDay => {
            c = Canvas::new(1500, 500, 0x9fd0e8, 0xfdf3dc);
            c.disc((2.4, 0.28), 0.1, 0xffe08a)
                .hills(0.62, 0.07, 0.4, 0x9cc5a1)
                .hills(0.74, 0.06, 2.1, 0x6aa37a)
                .hills(0.87, 0.04, 4.0, 0x3f7550);
        }
        Picture::BowlOnTheSill => {
            c = Canvas::new(1200, 800, 0x35506b, 0xd9c3a5);
            c.block((0.75, 0.36), (0.72, 0.5), 0.01, 0xcfe2ea)
                .hills(0.68, 0.05, 1.2, 0x7fae86)
                .block((0.75, 0.36), (0.02, 0.5), 0.0, 0xfff8ea)
                .block((0.75, 0.3), (0.72, 0.016), 0.0, 0xfff8ea)
                .block((0.75, 0.92), (0.8, 0.1), 0.01, 0xa9784f);
            for (x, y) in [
                (0.56, 0.6),
                (0.7, 0.56),
                (0.86, 0.58),
                (0.63, 0.52),
                (0.8, 0.5),
                (0.97, 0.62),
            ] {
                c.disc((x, y), 0.095, 0xd8412f)
                    .disc((x - 0.03, y - 0.035), 0.02, 0xf29b86)
                    .block((x, y - 0.09), (0.03, 0.012), 0.008, 0x2d6a3a);
            }
            c.shape(
                &[(0.4, 0.6), (1.12, 0.6), (0.98, 0.86), (0.54, 0.86)],
                0x3d6f8e,
            )
            .block((0.76, 0.61), (0.37, 0.022), 0.02, 0x5c93b3);
        }
        Picture::FirstFrost => {
            c = Canvas::new(1200, 800, 0xdfe9f2, 0xf7f0ee);
            c.disc((1.15, 0.3), 0.09, 0xffe9b8)
                .hills(0.6, 0.05, 0.3, 0xc6d3de)
                .hills(0.75, 0.04, 2.4, 0xaebfcd)
                .hills(0.9, 0.03, 4.4, 0x93a8ba);
            for (x, height) in [(0.25, 0.4), (0.5, 0.28), (1.25, 0.46)] {
                c.line((x, 0.92), (x, 0.92 - height), 0.022, 0x4f5a68);
                for (rise, reach) in [(0.45, 0.12), (0.65, 0.1), (0.85, 0.07)] {
                    let y = 0.92 - height * rise;
                    c.line((x, y), (x - reach, y - reach), 0.012, 0x4f5a68)
                        .line((x, y), (x + reach, y - reach), 0.012, 0x4f5a68);
                }
            }
        }
        Picture::RepairTable => {
            c = Canvas::new(1200, 800, 0xf2e3cb, 0xe2c79c);
            c.block((0.75, 0.82), (0.8, 0.22), 0.0, 0x9a6a3f)
                .block((0.75, 0.61), (0.8, 0.015), 0.0, 0xb98650)
                .block((0.4, 0.46), (0.2, 0.14), 0.03, 0x3d6f8e)
                .disc((0.32, 0.46), 0.075, 0x223a4b)
                .ring((0.32, 0.46), 0.05, 0.012, 0x7fa6bd)
                .block((0.49, 0.4), (0.07, 0.03), 0.01, 0xf6e7c8)
                .disc((0.46, 0.52), 0.02, 0xf6b73f)
                .disc((0.53, 0.52), 0.02, 0xf6b73f)
                .line((0.55, 0.32), (0.68, 0.1), 0.008, 0x50606e)
                .line((0.9, 0.7), (1.22, 0.8), 0.03, 0x6b7680)
                .line((0.9, 0.7), (0.84, 0.68), 0.055, 0xc0392b)
                .ring((1.12, 0.48), 0.1, 0.02, 0x2b2338)
                .line((1.12, 0.48), (1.12, 0.41), 0.014, 0x2b2338)
                .line((1.12, 0.48), (1.17, 0.5), 0.014, 0x2b2338);
        }
    }
    c
}
