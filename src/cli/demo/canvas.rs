//! Draws the pictures of the made-up community: flat shapes with soft edges, no files.
//!
//! Lengths are fractions of the picture's height; x runs from 0 to width / height.

use std::io::Cursor;

use anyhow::Result;
use bytes::Bytes;
use image::{ImageFormat, Rgb, RgbImage};

/// `0xrrggbb`.
pub type Colour = u32;

/// A point.
pub type Point = (f32, f32);

/// A picture being drawn.
pub struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<[f32; 3]>,
}

impl Canvas {
    /// A sky: one colour at the top, another at the bottom.
    pub fn new(width: u32, height: u32, top: Colour, bottom: Colour) -> Canvas {
        let (top, bottom) = (parts(top), parts(bottom));
        let mut pixels = Vec::with_capacity((width * height) as usize);
        for y in 0..height {
            let share = y as f32 / height as f32;
            let colour = mix(top, bottom, share);
            pixels.extend((0..width).map(|_| colour));
        }
        Canvas {
            width,
            height,
            pixels,
        }
    }

    /// A filled circle.
    pub fn disc(&mut self, centre: Point, radius: f32, colour: Colour) -> &mut Canvas {
        self.fill(colour, 1.0, |p| distance(p, centre) - radius)
    }

    /// A circle's line.
    pub fn ring(&mut self, centre: Point, radius: f32, stroke: f32, colour: Colour) -> &mut Canvas {
        self.fill(colour, 1.0, |p| {
            (distance(p, centre) - radius).abs() - stroke / 2.0
        })
    }

    /// Light around a point, fading to its radius.
    pub fn glow(&mut self, centre: Point, radius: f32, colour: Colour) -> &mut Canvas {
        let light = parts(colour);
        let scale = self.height as f32;
        for y in 0..self.height {
            for x in 0..self.width {
                let p = (x as f32 / scale, y as f32 / scale);
                let share = (1.0 - distance(p, centre) / radius).max(0.0).powi(2);
                let at = (y * self.width + x) as usize;
                self.pixels[at] = mix(self.pixels[at], light, share);
            }
        }
        self
    }

    /// A line with round ends.
    pub fn line(&mut self, from: Point, to: Point, stroke: f32, colour: Colour) -> &mut Canvas {
        self.fill(colour, 1.0, |p| to_segment(p, from, to) - stroke / 2.0)
    }

    /// A rectangle with round corners.
    pub fn block(
        &mut self,
        centre: Point,
        half: Point,
        corner: f32,
        colour: Colour,
    ) -> &mut Canvas {
        self.fill(colour, 1.0, |p| {
            let q = (
                (p.0 - centre.0).abs() - half.0 + corner,
                (p.1 - centre.1).abs() - half.1 + corner,
            );
            let outside = (q.0.max(0.0).powi(2) + q.1.max(0.0).powi(2)).sqrt();
            outside + q.0.max(q.1).min(0.0) - corner
        })
    }

    /// A filled polygon.
    pub fn shape(&mut self, points: &[Point], colour: Colour) -> &mut Canvas {
        self.fill(colour, 1.0, |p| to_polygon(p, points))
    }

    /// Everything below a wavy line: hills, water, a table's edge.
    pub fn hills(&mut self, level: f32, swing: f32, phase: f32, colour: Colour) -> &mut Canvas {
        self.fill(colour, 1.0, |p| {
            let wave = (p.0 * 3.1 + phase).sin() + 0.5 * (p.0 * 7.3 + phase * 2.0).sin();
            level - swing * wave - p.1
        })
    }

    /// Paints where the signed distance is below zero, with an edge one pixel soft.
    fn fill(
        &mut self,
        colour: Colour,
        strength: f32,
        distance: impl Fn(Point) -> f32,
    ) -> &mut Canvas {
        let paint = parts(colour);
        let scale = self.height as f32;
        for y in 0..self.height {
            for x in 0..self.width {
                let p = ((x as f32 + 0.5) / scale, (y as f32 + 0.5) / scale);
                let cover = (0.5 - distance(p) * scale).clamp(0.0, 1.0) * strength;
                if cover > 0.0 {
                    let at = (y * self.width + x) as usize;
                    self.pixels[at] = mix(self.pixels[at], paint, cover);
                }
            }
        }
        self
    }

    /// The picture as a PNG file.
    pub fn png(&self) -> Result<Bytes> {
        let byte = |share: f32| (share.clamp(0.0, 1.0) * 255.0).round() as u8;
        let picture = RgbImage::from_fn(self.width, self.height, |x, y| {
            let [r, g, b] = self.pixels[(y * self.width + x) as usize];
            Rgb([byte(r), byte(g), byte(b)])
        });
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png)?;
        Ok(Bytes::from(file.into_inner()))
    }
}

fn parts(colour: Colour) -> [f32; 3] {
    let part = |shift: u32| ((colour >> shift) & 0xff) as f32 / 255.0;
    [part(16), part(8), part(0)]
}

fn mix(a: [f32; 3], b: [f32; 3], share: f32) -> [f32; 3] {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * share)
}

fn distance(a: Point, b: Point) -> f32 {
    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
}

fn to_segment(p: Point, a: Point, b: Point) -> f32 {
    let (along, from) = ((b.0 - a.0, b.1 - a.1), (p.0 - a.0, p.1 - a.1));
    let length = along.0 * along.0 + along.1 * along.1;
    let share = if length == 0.0 {
        0.0
    } else {
        ((from.0 * along.0 + from.1 * along.1) / length).clamp(0.0, 1.0)
    };
    distance(p, (a.0 + along.0 * share, a.1 + along.1 * share))
}

fn to_polygon(p: Point, points: &[Point]) -> f32 {
    let mut nearest = f32::MAX;
    let mut inside = false;
    for (i, &a) in points.iter().enumerate() {
        let b = points[(i + 1) % points.len()];
        nearest = nearest.min(to_segment(p, a, b));
        let crosses = (a.1 > p.1) != (b.1 > p.1);
        if crosses && p.0 < (b.0 - a.0) * (p.1 - a.1) / (b.1 - a.1) + a.0 {
            inside = !inside;
        }
    }
    if inside { -nearest } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_covers_its_inside_and_nothing_else() {
        let mut canvas = Canvas::new(40, 20, 0, 0);
        canvas.shape(
            &[(0.5, 0.25), (1.5, 0.25), (1.5, 0.75), (0.5, 0.75)],
            0xffffff,
        );
        let at = |x: usize, y: usize| canvas.pixels[y * 40 + x][0];
        assert_eq!(at(20, 10), 1.0);
        assert_eq!(at(3, 10), 0.0);
        assert_eq!(at(20, 1), 0.0);
        assert!(canvas.png().unwrap().starts_with(b"\x89PNG"));
    }
}
